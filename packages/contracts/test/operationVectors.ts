import { type Bytes, concat, encodeCanonical, hex } from '@salus/base';
import { sign } from '@salus/schemes/keyless';
import { signedMessage } from '../src/index.ts';
import { named, newDevice, newPerson, registration } from './fixture/people.ts';
import { storing } from './fixture/storing.ts';
import { World } from './fixture/world.ts';

/** The content of spec/vectors/operations.json: one operation of every type, what the state is after all, and forms that are refused. */
export async function makeVectors() {
  const world = await World.make('vectors');
  const times: number[] = [];
  const judge = world.judge.bind(world);
  world.judge = async (bytes) => {
    const outcome = await judge(bytes);
    if (!outcome.rejected) times.push(world.time);
    return outcome;
  };
  await everyType(world);
  const { genesisBytes, network } = world.net;
  return {
    genesis: hex(genesisBytes),
    network: hex(network),
    accepted: world.history.map(({ operation, bytes, hash }, i) => {
      return { type: operation.type, height: i + 1, time: times[i]!, bytes: hex(bytes), hash: hex(hash) };
    }),
    state: Object.fromEntries(
      [...world.values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, hex(encodeCanonical(value))]),
    ),
    refused: await refusedForms(world),
  };
}

async function everyType(world: World): Promise<void> {
  const { operator } = world;
  const [doctor, colleague, patient] = [
    await world.member('doctor'),
    await world.member('doctor'),
    await world.member('patient'),
  ];
  const turnedAway = await world.newcomer('institute');
  await world.do(operator, 'account.reject', { account: turnedAway.account, reason: world.bytes() });
  await world.do(operator, 'assignment.start', {
    doctor: doctor.account,
    patient: patient.account,
    introduction: world.bytes(),
  });
  const body = world.commitBody(patient.account);
  await world.do(doctor, 'record.commit', body);
  const { record, group, c1, com, year } = body;
  const edit = { record, group, generation: 1, version: 2, previous: body.bodyRoot, bodyRoot: world.bytes() };
  await world.do(doctor, 'record.update', edit);
  await world.do(operator, 'assignment.end', { doctor: doctor.account, patient: patient.account });
  const grant = await world.grant(patient, doctor);
  const delegation = await world.delegation(doctor, colleague, [patient]);
  await world.do(doctor, 'read.open', world.readBody(record, grant));
  await world.do(colleague, 'read.open', world.readBody(record, delegation));
  await world.do(patient, 'delegation.end', { delegation });
  await world.do(patient, 'consent.revoke', { reader: doctor.account });
  const next = { record, group, generation: 2, version: 3, previous: edit.bodyRoot, bodyRoot: world.bytes() };
  await world.do(doctor, 'record.generation', { ...next, c1, com, year });
  const asked = world.requestBody(patient);
  await world.do(colleague, 'request.make', asked);
  await world.do(colleague, 'request.withdraw', { request: asked.request });
  await world.do(patient, 'request.reject', {
    request: await world.request(colleague, patient),
    reason: world.bytes(),
  });
  await world.do(operator, 'account.suspend', { account: colleague.account, reason: world.bytes() });
  await world.do(operator, 'account.resume', { account: colleague.account });
  const device = await newDevice(world.random);
  await world.do({ ...patient, device: patient.signIn }, 'device.add', { device: named(device) });
  await world.do(patient, 'device.revoke', { device: device.id, since: world.height });
  const renewed = { ...(await newPerson(world.random)), account: patient.account };
  const { role: _role, device: _device, ...keys } = registration(world.net, renewed, 'patient');
  await world.do(patient, 'account.rotate', keys);
  const { height, time } = world;
  const restored = { restoration: world.id(), height, backedUpAt: time - 2_000, restoredAt: time - 1_000 };
  await world.do(operator, 'node.restored', restored);
  const { node, batch, begun, revealed, verdict } = await storing(world);
  const audit = await revealed(await begun());
  await world.do(operator, 'audit.result', verdict(audit));
  await world.do(node, 'storage.repaired', { repairs: [{ cloud: 'store-1', pieces: 2 }] });
  await world.do(node, 'storage.commit', batch());
  await world.do(node, 'storage.retire', { cloud: 'store-1', batch: 1 });
}

/** Forms of one sound operation that must be refused, with the code. */
async function refusedForms(world: World) {
  const { operator } = world;
  const sound = world.history.find(({ operation }) => operation.type === 'account.activate')!;
  const { payload, signature, bytes, operation } = sound;
  const resigned = async (changed: Bytes) =>
    encodeCanonical([changed, await sign(operator.device.seed, signedMessage(changed))]);
  const flipped = bytes.slice();
  flipped[bytes.length - 1]! ^= 1;
  const forms: Record<string, [code: string, bytes: Bytes]> = {
    'a byte behind': ['encoding-malformed', concat(bytes, Uint8Array.of(0))],
    'cut short': ['encoding-malformed', bytes.subarray(0, -1)],
    'an unknown field': ['encoding-fields', await resigned(encodeCanonical({ ...operation, note: '' }))],
    'an unknown field in the body': [
      'encoding-fields',
      await resigned(encodeCanonical({ ...operation, body: { ...operation.body, note: '' } })),
    ],
    'version 2': ['encoding-fields', await resigned(encodeCanonical({ ...operation, v: 2 }))],
    'the map’s length in a longer form': [
      'encoding-malformed',
      await resigned(concat(Uint8Array.of(0xb8, 7), payload.subarray(1))),
    ],
    'an indefinite map': [
      'encoding-malformed',
      await resigned(concat(Uint8Array.of(0xbf), payload.subarray(1), Uint8Array.of(0xff))),
    ],
    'a signature of 63 bytes': ['encoding-fields', encodeCanonical([payload, signature.subarray(1)])],
    'a signature with a bit flipped': ['signature-invalid', flipped],
    'another network': ['operation-network', await resigned(encodeCanonical({ ...operation, network: world.bytes() }))],
  };
  return Object.entries(forms).map(([why, [code, form]]) => ({ why, code, bytes: hex(form) }));
}
