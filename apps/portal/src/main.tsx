import '@mantine/core/styles.css';
import './style.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { router } from './routes.tsx';
import { theme } from './theme.ts';
import { startWords } from './words/index.ts';

startWords();
// A page that stayed open while its server was updated asks for files that are gone.
window.addEventListener('vite:preloadError', () => location.reload());
const queries = new QueryClient({
  // News say when to ask again; an error of the device is shown, with what to do, and not tried again behind one's back.
  defaultOptions: { queries: { retry: false, staleTime: 30_000 }, mutations: { retry: false } },
});

createRoot(document.getElementById('page')!).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>,
);
