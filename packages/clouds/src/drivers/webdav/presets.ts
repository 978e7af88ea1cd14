/** Where providers and products keep their WebDAV. `host` is asked for where everybody runs their own. */
export const webdavPresets: Readonly<Record<string, (username: string, host: string) => string>> = {
  drivehq: () => 'https://webdav.drivehq.com',
  koofr: () => 'https://app.koofr.net/dav/Koofr',
  pcloud: () => 'https://webdav.pcloud.com',
  'pcloud-eu': () => 'https://ewebdav.pcloud.com',
  hidrive: (username) => `https://webdav.hidrive.strato.com/users/${encodeURIComponent(username)}`,
  nextcloud: (username, host) => `https://${host}/remote.php/dav/files/${encodeURIComponent(username)}`,
  owncloud: (username, host) => `https://${host}/remote.php/dav/files/${encodeURIComponent(username)}`,
  'storage-box': (username) => `https://${encodeURIComponent(username)}.your-storagebox.de`,
};

/** Presets that mean nothing without a host. */
export const HOSTED = ['nextcloud', 'owncloud'];
