export { type CephGateway, missingCeph, startCeph } from './ceph.js';
export {
  type FolderServer,
  missingPyftpdlib,
  missingVsftpd,
  startPyftpdlib,
  startVsftpd,
} from './ftp.js';
export { freePorts, missingPrograms } from './programs.js';
export { missingRsync, startRsyncDaemon } from './rsync-daemon.js';
export { missingSshd, type SshServer, startSshd } from './ssh.js';
export { startUnrulyHttp, type UnrulyFile, type UnrulyHttp, type UnrulyRequest } from './unruly-http.js';
