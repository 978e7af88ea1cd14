import { Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { sizeOf, whenOf } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed, Wait } from '../../parts/Wait.tsx';
import { Wide } from '../../parts/Wide.tsx';
import { ChangeStore } from './ChangeStore.tsx';

const LOOKS_EVERY_MS = 15_000;

/** State of the clouds; a storage check looks at every piece and rebuilds what is missing or damaged. */
export default function Clouds() {
  const { t } = useTranslation();
  const clouds = useAnswer('clouds', [], { everyMs: LOOKS_EVERY_MS });
  const repair = useAct('repair');
  return (
    <Sheet title={t('clouds.title')} wide>
      <Answered of={clouds}>
        {({ stores, stripes, degraded, dataShards, totalShards, checks }) => (
          <Section title={t('clouds.stores')}>
            <Text>{t('clouds.rule', { dataShards, totalShards, stripes, degraded })}</Text>
            <Wide label={t('clouds.table')}>
              <table>
                <thead>
                  <tr>
                    {(['store', 'state', 'pieces', 'size', 'latency', 'checked', 'repaired', 'error'] as const).map(
                      (name) => (
                        <th key={name} scope="col">
                          {t(`clouds.${name}`)}
                        </th>
                      ),
                    )}
                  </tr>
                </thead>
                <tbody>
                  {stores.map(({ name, reachable, draining, shards, sizeBytes, latencyMs, lastError, ...told }) => (
                    <tr key={name}>
                      <td>{name}</td>
                      <td>
                        <State of={reachable ? 'active' : 'rejected'}>
                          {t(reachable ? 'clouds.reachable' : 'clouds.unreachable')}
                        </State>{' '}
                        {draining && <State of="waiting">{t('clouds.draining', { count: shards })}</State>}
                      </td>
                      <td>{shards}</td>
                      <td>{sizeOf(sizeBytes)}</td>
                      <td>{latencyMs === null ? '–' : `${latencyMs.toFixed(1)} ms`}</td>
                      <td>
                        {told.checked ? (
                          <>
                            <State of={told.checked.finding === 'held' ? 'active' : 'rejected'}>
                              {t(`clouds.found.${told.checked.finding}`)}
                            </State>{' '}
                            {whenOf(told.checked.time, t('today'))}
                          </>
                        ) : (
                          t('clouds.unchecked')
                        )}
                      </td>
                      <td>
                        {told.repaired === 0
                          ? '–'
                          : t('clouds.repairedWhen', {
                              count: told.repaired,
                              when: whenOf(told.repairedAt, t('today')),
                            })}
                      </td>
                      <td>{lastError ?? '–'}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Wide>
            <Text c="dimmed">
              {t('clouds.checks', {
                blocks: checks.blocks,
                hours: Math.round(checks.everyMs / 3_600_000),
                percent: Math.floor(checks.findsLossOf1Percent * 100),
              })}
            </Text>
            <ChangeStore stores={stores} />
          </Section>
        )}
      </Answered>
      <Section title={t('clouds.check')}>
        <Text>{t('clouds.checkHelp')}</Text>
        <div>
          <Button loading={repair.isPending} onClick={() => repair.mutate([])}>
            {t('clouds.repair')}
          </Button>
        </div>
        {repair.isPending && <Wait what={t('clouds.checking')} />}
        <Text role="status">{repair.data && t('clouds.result', repair.data)}</Text>
        <Failed error={repair.error} />
      </Section>
    </Sheet>
  );
}
