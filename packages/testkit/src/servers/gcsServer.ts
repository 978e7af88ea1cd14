import { verify } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Certified } from './certificates.ts';
import { Front, type FrontAnswer } from './front.ts';
import { freePorts, startProgram } from './programs.ts';
import { BUCKET } from './s3Server.ts';

/**
 * Starts fake-gcs-server over a folder, and before it what it lacks: TLS, and a look at the token of each request, which
 * must be signed by the account's key.
 */
export async function startGcsServer(
  directory: string,
  certified: Certified,
  account: { email: string; publicKey: string },
) {
  const [behind = 0] = await freePorts(1);
  const root = join(directory, 'gcs');
  await mkdir(join(root, BUCKET), { recursive: true });
  const program = await startProgram('fake-gcs-server', {
    args: [
      ...['-scheme', 'http', '-host', '127.0.0.1', '-port', String(behind), '-log-level', 'error'],
      ...['-backend', 'filesystem', '-filesystem-root', root, '-public-host', `127.0.0.1:${behind}`],
    ],
    ports: [behind],
  });
  const answer = (request: IncomingMessage): FrontAnswer | undefined =>
    isSigned(request.headers.authorization, account) ? undefined : { status: 401, body: 'Invalid Credentials' };
  const front = await Front.open({ certified, port: behind, tls: false, host: `127.0.0.1:${behind}`, answer });
  return {
    ...program,
    port: front.port,
    stop: async () => {
      await front.close();
      await program.stop();
    },
  };
}

/** Whether a request has a token as service accounts sign them for themselves (RFC 7519, RS256). */
function isSigned(
  authorization: string | undefined,
  { email, publicKey }: { email: string; publicKey: string },
): boolean {
  const [header = '', claims = '', signature = ''] = authorization?.replace(/^Bearer /, '').split('.') ?? [];
  if (!verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')))
    return false;
  const { iss, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  return iss === email && String(scope).includes('devstorage');
}
