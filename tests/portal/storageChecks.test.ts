import { rm } from 'node:fs/promises';
import type { PieceAccess } from '@salus/node';
import { repairClouds } from '@salus/sdk';
import { describe, expect, it } from 'vitest';
import { emailOf, PASSWORD, patientProfile } from '../src/people.ts';
import { add, note } from '../src/sharing.ts';
import { audited, checked, objectsIn } from '../src/storageChecks.ts';
import { type Registered, Suite } from './suite.ts';
import type { Visitor } from './visitor.ts';

describe.each([390, 1280])('storage checks at %i px', (width) => {
  const suite = new Suite(width);
  let patient: Registered;
  let meera: Visitor;
  let operator: Visitor;
  let access: PieceAccess;

  it('show the patient where a record lies, and that no check has looked at it yet', async () => {
    patient = await suite.registered(patientProfile('Meera Nair'));
    await add(patient.device, note('Lipid panel'));
    meera = await suite.visit('patient');
    await meera.logIn(patient.email, PASSWORD, patient.code);
    await meera.heading(/Good (morning|afternoon|evening), Meera/);
    await meera.place('Records');
    await meera.follow('Lipid panel');
    await meera.heading('Where it lies');
    await meera.sees('Any 4 of 6 bring it back');
    const lies = meera.page.locator('section', { has: meera.page.getByRole('heading', { name: 'Where it lies' }) });
    expect(await lies.getByRole('listitem').count()).toBe(6);
    expect(await lies.getByText('No storage check yet').count()).toBe(6);
  });

  it('show the operator which store had lost something, and what was made again', async () => {
    const { home, operator: device } = suite.place;
    ({ access } = await checked(home, device));
    operator = await suite.visit('operator');
    await operator.logIn(emailOf('operator'), PASSWORD, suite.place.operatorCode);
    await operator.heading('Operator');
    await operator.place('Storage');
    const row = (store: string) => operator.page.getByRole('row', { name: new RegExp(`^${store}`) });
    await row('store-2').getByText('none yet').waitFor();
    await operator.sees('Every 24 hours a storage check looks at 460 blocks of each store');
    const lost = await objectsIn(home, 2);
    for (const file of lost) await rm(file);
    expect((await audited(device, access)).found['store-2']).toBe('lost');
    await repairClouds(device);
    await row('store-2').getByText('had lost something').waitFor();
    await row('store-2')
      .getByText(new RegExp(`^${lost.length} pieces?, `))
      .waitFor();
    await row('store-1').getByText('holds everything').waitFor();
    await operator.looksRight('operator-storage-checked');
  });

  it('show the patient when the stores were last found to hold everything', async () => {
    const { operator: device } = suite.place;
    expect(new Set(Object.values((await audited(device, access)).found))).toEqual(new Set(['held']));
    await access.close();
    await meera.page.reload();
    await meera.sees(/^Storage check: /);
    const lies = meera.page.locator('section', { has: meera.page.getByRole('heading', { name: 'Where it lies' }) });
    await lies
      .getByText(/^Storage check: /)
      .nth(5)
      .waitFor();
    expect(await lies.getByText('No storage check yet').count()).toBe(0);
    await meera.looksRight('record-where');
  });
});
