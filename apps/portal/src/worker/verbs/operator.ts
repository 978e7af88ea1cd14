import {
  activate,
  assign,
  cloudStatus,
  drainStore,
  endAssignment,
  keepStore,
  type ListedAccount,
  listAccounts,
  listRequests,
  refuseRequest,
  rejectAccount,
  removeStore,
  repairClouds,
  resumeAccount,
  suspend,
  verifyRequest,
} from '@salus/sdk';
import { seatedAs } from '../seat.ts';

const operator = () => seatedAs('operator');
const nothing = () => undefined;

async function accounts(): Promise<ListedAccount[]> {
  const all: ListedAccount[] = [];
  for await (const one of listAccounts(await operator())) all.push(one);
  return all.sort((a, b) => b.registeredAt - a.registeredAt);
}

/** Verbs of the operator. */
export const operatorVerbs = {
  accounts,
  activate: async (account: string) => activate(await operator(), account).then(nothing),
  rejectAccount: async (account: string, reason: string) =>
    rejectAccount(await operator(), account, reason).then(nothing),
  suspend: async (account: string, reason: string) => suspend(await operator(), account, reason).then(nothing),
  resumeAccount: async (account: string) => resumeAccount(await operator(), account).then(nothing),
  assign: async (doctor: string, patient: string) => assign(await operator(), doctor, patient).then(nothing),
  endAssignment: async (doctor: string, patient: string) =>
    endAssignment(await operator(), doctor, patient).then(nothing),

  /** All requests with the names of both sides. */
  async allRequests() {
    const device = await operator();
    const [people, requests] = await Promise.all([accounts(), listRequests(device)]);
    const profiles = new Map(people.map((one) => [one.account, one]));
    return requests.map((request) => ({
      ...request,
      doctorName: profiles.get(request.doctor)?.profile?.name ?? request.words?.name ?? '',
      doctorEmail: profiles.get(request.doctor)?.profile?.email ?? request.words?.email ?? '',
      patientName: profiles.get(request.patient)?.profile?.name ?? '',
      patientNumber: profiles.get(request.patient)?.number ?? '',
    }));
  },

  verify: async (request: string) => verifyRequest(await operator(), request).then(nothing),
  rejectRequest: async (request: string, reason: string) => refuseRequest(await operator(), request, reason),

  clouds: async () => cloudStatus(await operator()),
  repair: async () => repairClouds(await operator()),
  /** Begins to empty a store; the node goes on by itself. */
  async emptyStore(name: string): Promise<void> {
    for await (const _ of drainStore(await operator(), name)) return;
  },
  keepStore: async (name: string) => keepStore(await operator(), name).then(nothing),
  removeStore: async (name: string, lost: boolean) => removeStore(await operator(), name, lost).then(nothing),
};
