import { Broken } from '../results.ts';
import type { Check } from '../run.ts';

/** Every answer to every request of the run was as the contract says. The recorder has checked each as it came. */
export const answers: Check = {
  name: 'answers',
  title: 'Every answer is valid against the contract',
  async run(run) {
    for (const operation of run.operations) {
      const statuses = new Set([...operation.responses.keys(), ...run.recorder.departures(operation).map(({ example }) => example.status)]);
      for (const status of statuses) {
        const departures = run.recorder.departures(operation, status);
        if (departures.length === 0 && run.recorder.count(operation.id, status) === 0) continue;
        await run.results.run('answers', operation.id, `answers with ${status} are valid`, async () => {
          const [first] = departures;
          const all = departures.map(({ fault, count }) => `${fault} (${count} times)`).join('; ');
          if (first) throw new Broken(all, first.example);
        });
      }
    }
  },
};
