export { type Certificates, type Certified, makeCertificates } from './certificates.ts';
export { FaultyLine, type LineFault } from './faultyLine.ts';
export { Front, type FrontAnswer, type FrontOptions } from './front.ts';
export { missingPrograms } from './programs.ts';
export { BUCKET, startS3Server } from './s3Server.ts';
