import type { Channel } from '../domain/station.ts'
import { shown } from './bad-file.ts'
import { nearestName } from './nearest-name.ts'

/* Units as they are written in station files. They are free text for people; what is made of a few of them is code. */

const TEMPERATURE =
  'c f k celsius fahrenheit kelvin degreescelsius degreesfahrenheit degree degrees deg rad mrad'
const AIR =
  '% %rh %r.h. percent pa hpa kpa mpa mbar bar cbar dbar psi inhg mmhg torr atm g/m3 g/kg kg/kg mmol/mol umol/mol pa/s hpa/h k/h okta oktas octas bft beaufort'
const WIND_AND_RAIN =
  'm/s ms-1 ms km/h kmh kph mph kn kt kts knot knots ft/s fps mm/h mm/hr mm/d mm/day mm/min in/h in/hr mm cm dm m km in inch inches ft feet yd mi nm um l/m2 kg/m2 kgm-2 kg/m2/s dbz'
const LIGHT =
  'w/m2 wm-2 kw/m2 wh/m2 kwh/m2 j/m2 kj/m2 mj/m2 j/cm2 lx lux klx klux lm cd uvi index uvindex umol/m2/s umolm-2s-1 mol/m2/d'
const POWER =
  'mw w kw gw watt watts va kva mva var kvar wh kwh mwh gwh vah kvah varh kvarh j kj mj gj cal kcal btu btu/h therm uv mv v kv volt volts ua ma a ka amp ampere amps ah mah ohm kohm mohm hz khz mhz ghz rpm'
const WATER =
  'l ml cl hl dl litre litres liter liters gal gallon gallons m3 dm3 cm3 ft3 cf ccf mcf m3/h m3/s m3/d l/min l/s l/h lpm gpm cfm ft3/s cfs ml/min mcm ph ntu fnu psu us/cm ms/cm s/m ds/m mg/l ug/l g/l mmol/l m3/m3 cm3/cm3 vol% %vol'
const MATTER =
  'g kg mg ug t lb lbs oz st n kn nm kg/m3 mg/m3 ug/m3 ng/m3 ppm ppmv ppb ppt aqi iaq usv/h msv/h sv/h cpm cps bq/m3 pci/l bq #/cm3 1/cm3 m2 cm2 ha'
const OTHERS =
  's sec min h hr hour hours d day days us ns db dba dbm dbi bit byte b kb mb gb kib mib gib bit/s kbit/s mbit/s b/s kb/s mb/s count counts pulse pulses imp event events people persons vehicles cars bpm 1 1/min 1/h /min /h 1/s /s eur usd gbp chf € $ £ ct ct/kwh c/kwh eur/mwh eur/kwh €/mwh €/kwh usd/mwh $/mwh gbp/mwh £/mwh p/kwh gco2/kwh gco2eq/kwh kgco2/kwh g/kwh % -'
const NAMES = [TEMPERATURE, AIR, WIND_AND_RAIN, LIGHT, POWER, WATER, MATTER, OTHERS].flatMap((all) =>
  all.split(' '),
)
const KNOWN = new Set(['', ...NAMES])
/** What is near a unit of one or two letters is nearly anything. */
const LONG = NAMES.filter((name) => name.length >= 4 && /^[a-z]+$/.test(name))

function plain(unit: string): string {
  return unit
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s^·⋅*_]/g, '')
    .replace(/[μµ]/g, 'u')
    .replace(/Ω|ω/g, 'ohm')
    .replace(/^(?:[°º]|deg(?:rees?)?)(?=[cfk]$)/, '')
    .replace(/^[°º]$/, 'deg')
}

/** Sentences on units that are not known: what they mean for whoever reads on, and what is nearly meant. */
export function unitNotes(channels: readonly Pick<Channel, 'name' | 'unit'>[]): readonly string[] {
  const notes = new Map<string, string>()
  for (const { name, unit } of channels) {
    const text = plain(unit)
    if (KNOWN.has(text) || notes.has(text)) continue
    const meant = nearestName(text.replace(/^deg(?=[a-z])/, ''), LONG)
    const hint = meant === undefined ? '' : ` (is it '${meant}'?)`
    notes.set(
      text,
      `the unit '${shown(unit, 32)}' of ${shown(name, 60)} is not known${hint}: it is shown as it is, nothing is converted from it, and Home Assistant has no device class for it`,
    )
  }
  return [...notes.values()]
}
