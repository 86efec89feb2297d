/**
 * The plural of a model's name as LoopBack forms it, since its path is that: `Customer` answers at `/Customers`,
 * `Person` at `/People` and `Staff` at `/Staffs`. English as its inflection package has it, not as one speaks it.
 */
export function pluralOf(name: string): string {
  if (alike.has(name.toLowerCase()) || alreadyPlural.test(name)) return name
  const rule = endings.find(([singular]) => singular.test(name))
  return rule ? name.replace(...rule) : `${name}s`
}

/** Nouns with one form for both. */
const alike: ReadonlySet<string> = new Set(
  `accommodation adulthood advertising advice aggression aid air aircraft alcohol anger applause arithmetic assistance
  athletics bacon baggage beef biology blood botany bread butter carbon cardboard cash chalk chaos chess crossroads
  countryside dancing deer dignity dirt dust economics education electricity engineering enjoyment envy equipment ethics
  evidence evolution fame fiction flour flu food fuel fun furniture gallows garbage garlic genetics gold golf gossip
  gratitude grief guilt gymnastics happiness hardware harm hate hatred health heat help homework honesty honey hospitality
  housework humour hunger hydrogen ice importance inflation information innocence iron irony jam jewelry judo karate
  knowledge lack laughter lava leather leisure lightning linguine linguini linguistics literature litter livestock logic
  loneliness luck luggage macaroni machinery magic management mankind marble mathematics mayonnaise measles methane milk
  minus money mud music mumps nature news nitrogen nonsense nurture nutrition obedience obesity oxygen pasta patience
  physics poetry pollution poverty pride psychology publicity punctuation quartz racism relaxation reliability research
  respect revenge rice rubbish rum safety scenery seafood seaside series shame sheep shopping sleep smoke smoking snow
  soap software soil spaghetti species steam stuff stupidity sunshine symmetry tennis thirst thunder timber traffic
  transportation trust underwear unemployment unity validity veal vegetation vegetarianism vengeance violence
  vitality warmth wealth weather welfare wheat wildlife wisdom yoga zinc zoology`.split(/\s+/),
)

const alreadyPlural = new RegExp(
  [
    '^(m|wom)en$|people$|children$|[ti]a$|(analy|ba|diagno|parenthe|progno|synop|the)ses$|databases$|drives$',
    '(hi|ti)ves$|curves$|[lr]ves$|[^fo]ves$|([^aeiouy]|qu)ies$|series$|movies$|(x|ch|ss|sh)es$|[ml|]ice$|buses$',
    'oes$|shoes$|(cris|ax|test)es$|(octop|vir)uses$|(alias|canvas|status|campus)es$|^(summons|bonus)es$|^oxen',
    'matrices$|^feet$|^teeth$|^geese$|quizzes$|^whereases$|^criteria$|^genera$',
  ].join('|'),
  'i',
)

/** What a name ends in, and what that becomes; the first that fits. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/^(m|wom)an$/i, '$1en'],
  [/(pe)rson$/i, '$1ople'],
  [/(child)$/i, '$1ren'],
  [/^(ox)$/i, '$1en'],
  [/(ax|test)is$/i, '$1es'],
  [/(octop|vir)us$/i, '$1uses'],
  [/(alias|status|canvas|campus)$/i, '$1es'],
  [/^(summons|bonus|whereas)$/i, '$1es'],
  [/(bu)s$/i, '$1ses'],
  [/(buffal|tomat|potat)o$/i, '$1oes'],
  [/([ti])um$/i, '$1a'],
  [/sis$/i, 'ses'],
  [/([^f])fe$/i, '$1ves'],
  [/([lr])f$/i, '$1ves'],
  [/(hi|ti)ve$/i, '$1ves'],
  [/([^aeiouy]|qu)y$/i, '$1ies'],
  [/(matr)ix$/i, '$1ices'],
  [/(vert|ind)ex$/i, '$1ices'],
  [/(x|ch|ss|sh)$/i, '$1es'],
  [/([ml|])ouse$/i, '$1ice'],
  [/^foot$/i, 'feet'],
  [/^tooth$/i, 'teeth'],
  [/^goose$/i, 'geese'],
  [/(quiz)$/i, '$1zes'],
  [/^(criteri)on$/i, '$1a'],
  [/^genus$/i, 'genera'],
  [/s$/i, 's'],
]
