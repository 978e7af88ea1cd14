import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Broken, Nowhere } from './parts/Broken.tsx';
import { Shell } from './Shell.tsx';

const root = createRootRoute({ component: Shell });

/** A page that is fetched when somebody goes there. */
const page = <Path extends string>(path: Path, load: Parameters<typeof lazyRouteComponent>[0]) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

const home = () => import('./screens/Home.tsx');

const tree = root.addChildren([
  page('/', home),
  page('/account', () => import('./screens/account/Account.tsx')),
  page('/records', () => import('./screens/patient/Records.tsx')),
  page('/records/$record', () => import('./screens/patient/Record.tsx')),
  page('/add', () => import('./screens/patient/Add.tsx')),
  page('/charts', () => import('./screens/patient/Charts.tsx')),
  page('/requests/$request', () => import('./screens/patient/Answer.tsx')),
  page('/sharing', () => import('./screens/patient/Sharing.tsx')),
  page('/activity', () => import('./screens/patient/Activity.tsx')),
  page('/people', () => import('./screens/operator/People.tsx')),
  page('/asked', () => import('./screens/operator/Requests.tsx')),
  page('/storage', () => import('./screens/operator/Clouds.tsx')),
  page('/patients', () => import('./screens/doctor/Patients.tsx')),
  page('/search', () => import('./screens/doctor/Search.tsx')),
  page('/colleagues', () => import('./screens/doctor/Colleagues.tsx')),
]);

export const router = createRouter({
  routeTree: tree,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Nowhere,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
