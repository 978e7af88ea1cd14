import type { Device } from '@salus/sdk';

/** Who plays in the story. */
export interface People {
  operator: Device;
  /** Whose records the story is about. */
  meera: Device;
  /** Who has 64 records of one size, for the test of invisibility. */
  arun: Device;
  /** The doctor. */
  rao: Device;
  /** The colleague. */
  shah: Device;
}

const person = (name: string, email: string) => ({
  name,
  email,
  birthDate: '1980-01-31',
  phone: '+91 98 4000 0000',
  address: '1 Story Lane',
});
const doctor = (name: string, email: string, licence: string) => ({
  ...person(name, email),
  role: 'doctor',
  licence,
  speciality: 'Cardiology',
  hospital: 'City Hospital',
});

export const PROFILES = {
  meera: { role: 'patient', ...person('Meera Nair', 'meera@story.example') },
  arun: { role: 'patient', ...person('Arun Das', 'arun@story.example') },
  rao: doctor('Arjun Rao', 'rao@story.example', 'KL-1'),
  shah: doctor('Nila Shah', 'shah@story.example', 'KL-2'),
} as const;

export const PASSWORD = 'a long password of the story';
export const ORGANISATION = 'City Hospital (story)';
