/** What a person types to register. Names and addresses are told apart by the name alone. */
export const patientProfile = (name: string) => ({
  role: 'patient',
  name,
  email: emailOf(name),
  birthDate: '1984-03-02',
  phone: '+91 98 4000 1234',
  address: '12 Lake Road, Kochi',
});

export const doctorProfile = (name: string) => ({
  ...patientProfile(name),
  role: 'doctor',
  licence: 'KL-20331',
  speciality: 'Cardiology',
  hospital: 'City Hospital',
});

export const emailOf = (name: string): string => `${name.toLowerCase().replace(/\W+/g, '.')}@hospital.example`;

export const PASSWORD = 'correct horse battery staple';
export const ORGANISATION = 'City Hospital';
