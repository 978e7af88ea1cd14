import { lazy, Suspense } from 'react';
import { useAnswer } from '../page/verbs.ts';
import { Wait } from '../parts/Wait.tsx';

const homes = {
  patient: lazy(() => import('./patient/Home.tsx')),
  doctor: lazy(() => import('./doctor/Home.tsx')),
  institute: lazy(() => import('./doctor/Home.tsx')),
  operator: lazy(() => import('./operator/Home.tsx')),
};

/** The start page of whoever is signed in. */
export default function Home() {
  const { data: seat } = useAnswer('seat', []);
  if (!seat) return <Wait />;
  const Own = homes[seat.role];
  return (
    <Suspense fallback={<Wait />}>
      <Own />
    </Suspense>
  );
}
