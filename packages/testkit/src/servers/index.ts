export { startAzureServer } from './azureServer.ts';
export { type Certificates, type Certified, makeCertificates } from './certificates.ts';
export { FaultyLine, type LineFault } from './faultyLine.ts';
export { FTPS_LINE_HOST, startFileServer } from './fileServer.ts';
export { Front, type FrontAnswer, type FrontOptions } from './front.ts';
export { startGcsServer } from './gcsServer.ts';
export { missingPrograms } from './programs.ts';
export { BUCKET, startS3Server } from './s3Server.ts';
export { startWebdavServer } from './webdavServer.ts';
