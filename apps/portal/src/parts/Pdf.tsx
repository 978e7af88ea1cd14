import { Button, Group, Text } from '@mantine/core';
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy, VerbosityLevel } from 'pdfjs-dist';
import workerAddress from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

GlobalWorkerOptions.workerSrc = workerAddress;

/** A PDF drawn in place, a page at a time. Nothing in it runs. */
export default function Pdf({ file, title }: { file: Blob; title: string }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pages, setPages] = useState<PDFDocumentProxy>();
  const [page, setPage] = useState(1);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const opening = file
      .arrayBuffer()
      .then((data) => getDocument({ data, isEvalSupported: false, verbosity: VerbosityLevel.ERRORS }).promise);
    opening.then(setPages, () => setFailed(true));
    return () => void opening.then((opened) => opened.destroy()).catch(() => {});
  }, [file]);
  useEffect(() => {
    const target = canvas.current;
    if (pages && target) draw(pages, page, target).catch(() => setFailed(true));
  }, [pages, page]);
  if (failed) return <Text>{t('record.notInPlace')}</Text>;
  return (
    <div>
      <canvas ref={canvas} className="document" role="img" aria-label={`${title}, ${t('record.page', { page })}`} />
      {pages && pages.numPages > 1 && (
        <Group mt="sm">
          <Button variant="default" disabled={page === 1} onClick={() => setPage(page - 1)}>
            {t('record.pageBefore')}
          </Button>
          <Text>{t('record.pageOf', { page, pages: pages.numPages })}</Text>
          <Button variant="default" disabled={page === pages.numPages} onClick={() => setPage(page + 1)}>
            {t('record.pageAfter')}
          </Button>
        </Group>
      )}
    </div>
  );
}

async function draw(pages: PDFDocumentProxy, number: number, canvas: HTMLCanvasElement): Promise<void> {
  const page = await pages.getPage(number);
  const width = canvas.parentElement?.clientWidth ?? 600;
  const scale = (width / page.getViewport({ scale: 1 }).width) * window.devicePixelRatio;
  const viewport = page.getViewport({ scale });
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  await page.render({ canvas, viewport }).promise;
}
