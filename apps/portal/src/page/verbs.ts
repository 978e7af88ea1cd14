import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Told } from '../worker/news.ts';
import type { Verbs } from '../worker/verbs/index.ts';
import { call, type DeviceError, hear } from './device.ts';

type Result<Name extends keyof Verbs> = Awaited<ReturnType<Verbs[Name]>>;

/** What a verb answers, kept current. `everyMs` asks again by itself, where no news come. */
export function useAnswer<Name extends keyof Verbs>(
  name: Name,
  args: Parameters<Verbs[Name]>,
  { enabled = true, everyMs }: { enabled?: boolean; everyMs?: number } = {},
): UseQueryResult<Result<Name> | null, DeviceError> {
  return useQuery({
    queryKey: [name, ...args],
    queryFn: async () => (await call(name, ...args)) ?? null,
    enabled,
    ...(everyMs ? { refetchInterval: everyMs } : {}),
  });
}

/** A verb that changes something: whatever is shown is asked for again when it is done. */
export function useAct<Name extends keyof Verbs>(name: Name, after?: (result: Result<Name>) => void) {
  const queries = useQueryClient();
  return useMutation<Result<Name>, DeviceError, Parameters<Verbs[Name]>>({
    mutationFn: (args) => call(name, ...args),
    onSuccess: async (result) => {
      after?.(result);
      await queries.invalidateQueries();
    },
  });
}

/** Asks again for everything shown when something changed, and says whether the server is heard. */
export function useNews(): { up: boolean } {
  const queries = useQueryClient();
  const [up, setUp] = useState(true);
  useEffect(
    () =>
      hear((told) => {
        if (told.kind === 'changed') void queries.invalidateQueries();
        if (told.kind === 'connection') setUp(told.up);
      }),
    [queries],
  );
  return { up };
}

type Progress = Extract<Told, { kind: 'progress' }>;

/** How far a task is. */
export function useProgress(task: string): Progress | undefined {
  const [progress, setProgress] = useState<Progress>();
  useEffect(
    () =>
      hear((told) => {
        if (told.kind === 'progress' && told.task === task) setProgress(told);
      }),
    [task],
  );
  return progress;
}
