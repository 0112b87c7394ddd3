import { formats } from '@appstead/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalTimezone, normalBundleId, normalDomains } from './app-fields.ts';

// Names whose case no rule gives, names that only link to another, offsets with their sign, and names of one word.
const written = [
  ...['UTC', 'GMT', 'GMT0', 'GMT+0', 'EST', 'EST5EDT', 'PST8PDT', 'WET', 'HST', 'UCT', 'Zulu', 'PRC', 'ROC', 'ROK', 'W-SU', 'GB', 'NZ'],
  ...[
    'Cuba',
    'Eire',
    'Iran',
    'Japan',
    'Egypt',
    'Navajo',
    'Poland',
    'Hongkong',
    'Kwajalein',
    'NZ-CHAT',
    'GB-Eire',
    'Universal',
    'Greenwich',
  ],
  ...['Etc/GMT+5', 'Etc/GMT-14', 'Etc/GMT0', 'Etc/UTC', 'Etc/UCT', 'Etc/Zulu', 'Etc/Greenwich'],
  ...['Asia/Kolkata', 'Asia/Calcutta', 'Asia/Ho_Chi_Minh', 'Asia/Saigon', 'Asia/Ust-Nera', 'Asia/Kathmandu', 'Europe/Kyiv', 'Europe/Kiev'],
  ...[
    'America/Port_of_Spain',
    'America/Port-au-Prince',
    'America/Argentina/ComodRivadavia',
    'America/Knox_IN',
    'America/Indiana/Tell_City',
  ],
  ...['America/North_Dakota/New_Salem', 'America/Nuuk', 'America/Godthab', 'Africa/Dar_es_Salaam', 'Africa/El_Aaiun', 'Europe/Isle_of_Man'],
  ...['Antarctica/DumontDUrville', 'Antarctica/McMurdo', 'Antarctica/South_Pole', 'Australia/ACT', 'Australia/LHI', 'Australia/NSW'],
  ...['Brazil/DeNoronha', 'Chile/EasterIsland', 'Mexico/BajaNorte', 'Mexico/BajaSur', 'US/Pacific', 'US/East-Indiana', 'US/Indiana-Starke'],
  ...Intl.supportedValuesOf('timeZone'),
];

describe('canonicalTimezone', () => {
  it('gives every zone the case of the IANA database under the name that was given, whatever the case it came in', () => {
    for (const zone of written) {
      for (const given of [zone, zone.toLowerCase(), zone.toUpperCase()]) expect([given, canonicalTimezone(given)]).toEqual([given, zone]);
    }
  });

  it('takes every zone that the contract takes, and gives one that the contract takes', () => {
    for (const zone of written) expect([zone, formats['iana-timezone'](canonicalTimezone(zone.toLowerCase()))]).toEqual([zone, true]);
  });
});

describe('normalDomains', () => {
  it('writes international hosts in punycode and every host in lower case, keeping the wildcard', () => {
    expect(normalDomains(['Example.COM', '*.Bücher.example', 'faß.de', '例え.jp', 'xn--bcher-kva.example'])).toEqual([
      ...['example.com', '*.xn--bcher-kva.example', 'xn--fa-hia.de', 'xn--r8jz45g.jp', 'xn--bcher-kva.example'],
    ]);
  });

  it('keeps each host once, however it was written, in the order given', () => {
    expect(normalDomains(['b.example', 'BÜCHER.example', 'B.EXAMPLE', 'xn--bcher-kva.example', '*.b.example'])).toEqual([
      ...['b.example', 'xn--bcher-kva.example', '*.b.example'],
    ]);
  });

  it('changes nothing when it is done twice, and gives only what the contract takes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.domain())), (hosts) => {
        const given = hosts.map(([wild, host]) => (wild ? `*.${host}` : host)).filter(formats['domain-pattern']);
        const once = normalDomains(given);
        expect(normalDomains(once)).toEqual(once);
        expect(once.every(formats['domain-pattern'])).toBe(true);
      }),
    );
  });
});

describe('normalBundleId', () => {
  it('makes only the bundle ids of Apple alike in every case', () => {
    expect(normalBundleId('apple', 'com.Example.App')).toBe('com.example.app');
    expect(normalBundleId('android', 'com.Example.App')).toBe('com.Example.App');
    expect(normalBundleId('web', 'com.Example.App')).toBe('com.Example.App');
  });

  it('is null where there is none, so that apps without one never collide', () => {
    for (const platform of ['apple', 'web', 'backend']) expect(normalBundleId(platform, null)).toBeNull();
  });
});
