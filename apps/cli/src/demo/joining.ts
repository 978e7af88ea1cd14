import { isSalusError } from '@salus/base';
import { foundNode } from '@salus/node';
import {
  activate,
  assign,
  createAccount,
  enrolOperator,
  listAccounts,
  logIn,
  MemoryStore,
  newOperator,
  readCode,
  resume,
  setUpStorageChecks,
  showCode,
} from '@salus/sdk';
import { ORGANISATION, PASSWORD, type People, PROFILES } from './people.ts';
import { must, type Step, type Story, surroundingsOf } from './story.ts';

/** The error code of something that must fail. */
export async function refusalOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (thrown) {
    if (isSalusError(thrown)) return thrown.code;
    throw thrown;
  }
  return 'accepted';
}

/** Founds the network, starts its node in a process of its own, and signs the operator in. */
export async function foundStory(story: Story): Promise<void> {
  const { random, now } = surroundingsOf(story, 'operator');
  const { identity, operator } = await newOperator(ORGANISATION, 'operator@story.example', random);
  await foundNode(story.home, {
    operator,
    organisation: ORGANISATION,
    time: now(),
    random,
    config: { logLevel: 'warn' },
  });
  story.url = await story.node.start();
  await enrolOperator(surroundingsOf(story, 'operator'), identity, PASSWORD);
  story.people = { operator: await resume(surroundingsOf(story, 'operator')) } as People;
  await setUpStorageChecks(story.people.operator);
}

export const register: Step = {
  name: 'register',
  async run(story) {
    await foundStory(story);
    const numbers: string[] = [];
    let code = '';
    for (const profile of ['meera', 'arun', 'rao', 'shah'] as const) {
      const created = await createAccount(surroundingsOf(story, profile), PROFILES[profile], PASSWORD);
      story.people[profile] = created.device;
      numbers.push(created.number);
      if (profile === 'meera') code = showCode(created.code);
    }
    const again = await refusalOf(() =>
      createAccount(
        { ...surroundingsOf(story, 'again'), store: new MemoryStore() },
        { ...PROFILES.meera, email: 'other@story.example' },
        PASSWORD,
      ),
    );
    must(again === 'already-registered', `a second registration is refused, not ${again}`);
    const surroundings = { ...surroundingsOf(story, 'phone'), store: new MemoryStore() };
    const wrong = await refusalOf(() => logIn(surroundings, PROFILES.meera.email, 'a wrong password', readCode(code)));
    must(wrong === 'login-refused', `a wrong password is refused, not ${wrong}`);
    const phone = await logIn(surroundings, PROFILES.meera.email, PASSWORD, readCode(code));
    must(phone.account === story.people.meera.account, 'password and code sign in on a second device');
    return { accounts: numbers.length, numbers, duplicate: again, wrongPassword: wrong };
  },
};

export const activateStep: Step = {
  name: 'activate',
  async run({ people }) {
    const early = await refusalOf(() => people.rao.client.call('assignments', {}));
    must(early === 'account-waiting', `nobody can do anything before activation, not ${early}`);
    let activated = 0;
    for await (const { account, profile } of listAccounts(people.operator, { status: 'waiting' })) {
      must(profile, 'the operator reads the profile of who waits');
      await activate(people.operator, account);
      activated++;
    }
    must(activated === 4, 'all four wait and are activated');
    return { activated, before: early };
  },
};

export const assignStep: Step = {
  name: 'assign',
  async run({ people }) {
    await assign(people.operator, people.rao.account, people.meera.account);
    const { assignments } = await people.rao.client.call('assignments', {});
    must(
      assignments.some(({ patient }) => patient === people.meera.account),
      'the patient is on the doctor’s list',
    );
    return { assigned: assignments.length };
  },
};
