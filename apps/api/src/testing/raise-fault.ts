/** Loaded before main.ts by a test: on SIGUSR2 something goes wrong where nobody listens, with an error as libraries throw them. */
const canary = 'canary-5f2d';

process.on('SIGUSR2', () => {
  const cause = Object.assign(new Error('connection lost'), { code: 'ECONNRESET', config: { headers: { authorization: canary } } });
  const error = Object.assign(new Error('something broke', { cause }), {
    detail: `Key (email)=(${canary}) already exists.`,
    code: '23505',
  });
  if (process.env.FAULT === 'rejection') void Promise.reject(error);
  else throw error;
});

export {};
