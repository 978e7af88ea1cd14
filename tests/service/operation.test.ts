import { listen, myRecords, type NewsItem } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { add, note, verifiedRequest } from '../src/sharing.ts';

let hospital: Hospital;
let meera: Person;
let rao: Person;
beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
  rao = await hospital.doctor('Arjun Rao');
});
afterAll(() => hospital.stop());

const get = (path: string) => fetch(`${hospital.url}${path}`);

describe('news', () => {
  it('reach the devices they concern, and no other', async () => {
    const stop = new AbortController();
    const heard: NewsItem[] = [];
    const listening = (async () => {
      for await (const item of listen(meera.device, stop.signal)) {
        heard.push(item);
        if (item.kind === 'request.verify') stop.abort();
      }
    })();
    // The stream is open once the server counts its listener.
    while (hospital.node.context.news.listeners === 0) await meera.device.client.call('head', {});
    await add(meera.device, note('mine'));
    await verifiedRequest(hospital, rao.device, meera.device);
    await listening;
    expect(heard.map(({ kind }) => kind)).toEqual(['record.commit', 'request.make', 'request.verify']);
    expect(heard.every(({ height, operation }) => height > 0 && /^[0-9a-f]{32}$/.test(operation))).toBe(true);
  });
});

describe('for whoever runs a node', () => {
  it('health says that it answers, at which height', async () => {
    const health = await get('/health');
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ ok: true, height: hospital.node.context.ledger.head().height });
  });

  it('metrics count operations and time routes, without an id in any label', async () => {
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/salus_operations_total\{type="record.commit"\} [1-9]/);
    expect(metrics).toMatch(/salus_request_seconds_count\{route="submit",status="200"\} [1-9]/);
    expect(metrics).not.toMatch(/[0-9a-f]{32}/);
  });

  it('the OpenAPI document is served', async () => {
    const document = (await (await get('/api/openapi.json')).json()) as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/v1/reads');
  });

  it('too many calls from one address are put off, with the time to wait', async () => {
    const small = await Hospital.open({ perMinute: 60 });
    try {
      let refused: Response | undefined;
      for (let i = 0; i < 61 && !refused; i++) {
        const answer = await fetch(`${small.url}/api/v1/ledger/head`);
        if (answer.status === 429) refused = answer;
        else await answer.arrayBuffer();
      }
      expect(await refused?.json()).toMatchObject({
        code: 'too-many-requests',
        facts: { seconds: expect.any(Number) },
      });
    } finally {
      await small.stop();
    }
  });

  it('a stop finishes what is under way and leaves everything for the next start', async () => {
    const added = add(meera.device, note('written while stopping'));
    // The upload may be cut at any point; what was acknowledged is there, and going on later finishes it.
    await Promise.all([added.catch(() => undefined), hospital.restart()]);
    const again = await hospital.resumed(meera.store);
    await add(again, note('written afterwards'));
    const titles: string[] = [];
    for await (const { card } of myRecords(again)) titles.push(card.title);
    if (
      await added.then(
        () => true,
        () => false,
      )
    )
      expect(titles).toContain('written while stopping');
    expect(titles).toContain('written afterwards');
  });

  it('a second node on the same folder is refused while the first runs', async () => {
    const { startNode } = await import('@salus/node');
    await expect(startNode({ home: hospital.home, port: 0 })).rejects.toMatchObject({ code: 'node-running' });
  });
});
