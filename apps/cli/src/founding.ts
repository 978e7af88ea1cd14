import { foundNode, type RunningNode, startNode } from '@salus/node';
import { enrolOperator, newOperator, setUpStorageChecks, showCode } from '@salus/sdk';
import type { Io } from './io.ts';
import { PORTAL } from './portal.ts';

export interface FoundingRequest {
  organisation: string;
  email: string;
  password: string;
  port?: number;
  /** Profile in which the operator's keys are kept. */
  profile?: string;
}

/** Founds a network in the home folder and starts its node, storage checks set up; the operator's keys are made here, in their own profile. */
export async function found(
  io: Io,
  request: FoundingRequest,
): Promise<{ running: RunningNode; code: string; recoveryKey: string }> {
  const { random, now, store } = io.surroundings(request.profile ?? 'operator');
  const { identity, operator } = await newOperator(request.organisation, request.email, random);
  const { recoveryKey } = await foundNode(io.home, {
    operator,
    organisation: request.organisation,
    time: now(),
    random,
  });
  const running = await startNode({
    home: io.home,
    portal: PORTAL,
    ...(request.port === undefined ? {} : { port: request.port }),
  });
  const device = await enrolOperator({ node: running.url, store, random, now }, identity, request.password);
  await setUpStorageChecks(device);
  return { running, code: showCode(identity.code), recoveryKey: Buffer.from(recoveryKey).toString('hex') };
}
