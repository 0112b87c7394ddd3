export { createServer, type Server, type ServerOptions } from './create-server.ts';
export { bootstrap } from './features/accounts/bootstrap.ts';
export { startMaintenance } from './jobs/maintenance.ts';
export { listen } from './listen.ts';
