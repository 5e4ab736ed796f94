/** What Home Assistant knows a quantity by. */
export interface Quantity {
  /** As Home Assistant writes it; undefined for a bare number. */
  readonly unit: string | undefined
  /** Only with a unit that Home Assistant takes for that class: another would cost the sensor. */
  readonly deviceClass: string | undefined
  /** `measurement`, where Home Assistant takes that for the class. */
  readonly stateClass: 'measurement' | undefined
}

/** The quantity of a channel, by its unit and, where a unit is of several, by its name. */
export function quantityOf(channel: { readonly name: string; readonly unit: string }): Quantity {
  const unit = unitOf(channel.unit)
  const found = CLASSES.find(
    ({ units, name }) => units.includes(unit) && (name === undefined || name.test(channel.name)),
  )
  return {
    unit: unit === '' ? undefined : unit,
    deviceClass: found?.deviceClass,
    // Of energy and water Home Assistant only takes totals, which a forecast by the hour is not.
    stateClass: found?.isTotal ? undefined : 'measurement',
  }
}

/** Other ways to write a unit of Home Assistant's. */
function unitOf(written: string): string {
  const text = written.normalize('NFC').trim()
  return SPELLINGS[text.replace(/[\s^·*_]/g, '').toLowerCase()] ?? text
}

const SPELLINGS: Readonly<Record<string, string>> = {
  ...{ degc: '°C', '°c': '°C', '℃': '°C', ºc: '°C', celsius: '°C', degf: '°F', '°f': '°F', '℉': '°F' },
  ...{ hpa: 'hPa', mbar: 'mbar', 'w/m2': 'W/m²', 'w/m²': 'W/m²', 'wm-2': 'W/m²', lux: 'lx' },
  ...{ 'ms-1': 'm/s', 'm/s': 'm/s', kmh: 'km/h', 'km/h': 'km/h', kph: 'km/h', kn: 'kn', kt: 'kn' },
  ...{ 'µg/m3': 'µg/m³', 'ug/m3': 'µg/m³', 'µg/m³': 'µg/m³', m3: 'm³', percent: '%', '%rh': '%' },
  ...{ 'm3/h': 'm³/h', 'l/min': 'L/min', watt: 'W', watts: 'W' },
}

interface QuantityClass {
  readonly deviceClass: string
  readonly units: readonly string[]
  /** Where the unit alone does not tell. */
  readonly name?: RegExp
  readonly isTotal?: true
}

/** The first that fits is taken. Units are those of Home Assistant's `DEVICE_CLASS_UNITS`. */
const CLASSES: readonly QuantityClass[] = [
  { deviceClass: 'temperature', units: ['°C', '°F', 'K'] },
  { deviceClass: 'humidity', units: ['%'], name: /hum|feucht|^rh\b|\brh\b/i },
  { deviceClass: 'battery', units: ['%'], name: /batt/i },
  { deviceClass: 'atmospheric_pressure', units: ['Pa', 'hPa', 'kPa', 'mbar', 'inHg', 'mmHg'] },
  { deviceClass: 'pressure', units: ['bar', 'cbar', 'psi'] },
  { deviceClass: 'power', units: ['mW', 'W', 'kW', 'MW', 'GW'] },
  { deviceClass: 'energy', units: ['Wh', 'kWh', 'MWh', 'GWh', 'J', 'kJ', 'MJ', 'GJ'], isTotal: true },
  { deviceClass: 'voltage', units: ['µV', 'mV', 'V', 'kV'] },
  { deviceClass: 'current', units: ['mA', 'A'] },
  { deviceClass: 'frequency', units: ['Hz', 'kHz', 'MHz', 'GHz'] },
  { deviceClass: 'wind_speed', units: ['m/s', 'km/h', 'mph', 'kn', 'ft/s'], name: /wind|gust|^wv/i },
  { deviceClass: 'speed', units: ['m/s', 'km/h', 'mph', 'kn', 'ft/s'] },
  { deviceClass: 'irradiance', units: ['W/m²'] },
  { deviceClass: 'illuminance', units: ['lx'] },
  { deviceClass: 'precipitation', units: ['mm', 'cm', 'in'], name: /rain|precip|regen|niederschlag/i },
  { deviceClass: 'precipitation_intensity', units: ['mm/h', 'in/h'] },
  { deviceClass: 'distance', units: ['mm', 'cm', 'm', 'km', 'in', 'ft', 'yd', 'mi'] },
  { deviceClass: 'carbon_dioxide', units: ['ppm'], name: /co_?2/i },
  { deviceClass: 'pm25', units: ['µg/m³'], name: /pm_?2[._]?5/i },
  { deviceClass: 'pm10', units: ['µg/m³'], name: /pm_?10/i },
  { deviceClass: 'volume_flow_rate', units: ['m³/h', 'L/min'] },
]
