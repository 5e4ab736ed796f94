/*
 * What Home Assistant 2026 takes as the discovery of a device, as its documentation has it
 * (home-assistant.io/integrations/mqtt, .../sensor.mqtt, developers.home-assistant.io/docs/core/entity/sensor): the
 * part that a device with sensors can come across.
 */

/** Keys by their short form, where they have one; each may be written either way. */
const DEVICE_KEYS = keys(
  'cu:configuration_url cns:connections ids:identifiers name mf:manufacturer mdl:model mdl_id:model_id hw:hw_version sw:sw_version sa:suggested_area sn:serial_number via_device',
)
const ORIGIN_KEYS = keys('name sw:sw_version url:support_url')
const SHARED_KEYS = keys(
  'avty:availability avty_mode:availability_mode avty_t:availability_topic avty_tpl:availability_template cmd_t:command_topic e:encoding pl_avail:payload_available pl_not_avail:payload_not_available qos stat_t:state_topic',
)
const TOP_KEYS = new Set([...keys('dev:device o:origin cmps:components'), ...SHARED_KEYS])
const AVAILABILITY_KEYS = keys(
  't:topic pl_avail:payload_available pl_not_avail:payload_not_available val_tpl:value_template',
)
const SENSOR_KEYS = new Set([
  ...SHARED_KEYS,
  ...keys(
    'p:platform uniq_id:unique_id default_entity_id def_ent_id name ic:icon ent_cat:entity_category en:enabled_by_default ent_pic:entity_picture dev_cla:device_class unit_of_meas:unit_of_measurement stat_cla:state_class sug_dsp_prc:suggested_display_precision val_tpl:value_template exp_aft:expire_after frc_upd:force_update json_attr_t:json_attributes_topic json_attr_tpl:json_attributes_template ops:options',
  ),
])

function keys(text: string): ReadonlySet<string> {
  return new Set(text.split(/[\s:]+/))
}

/** Units by device class; a class with others logs an error and has no statistics. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  temperature: ['°C', '°F', 'K'],
  humidity: ['%'],
  battery: ['%'],
  atmospheric_pressure: 'cbar bar hPa mmHg inHg inH₂O kPa mbar Pa psi mPa'.split(' '),
  pressure: 'cbar bar hPa mmHg inHg inH₂O kPa mbar Pa psi mPa'.split(' '),
  power: ['mW', 'W', 'kW', 'MW', 'GW', 'TW', 'BTU/h'],
  energy: 'J kJ MJ GJ mWh Wh kWh MWh GWh TWh cal kcal Mcal Gcal'.split(' '),
  voltage: ['V', 'mV', 'µV', 'μV', 'kV', 'MV'],
  current: ['A', 'mA'],
  frequency: ['Hz', 'kHz', 'MHz', 'GHz'],
  wind_speed: ['ft/s', 'km/h', 'kn', 'm/s', 'mph', 'Beaufort', 'm/min', 'in/s'],
  speed: 'ft/s in/d in/h in/s km/h kn m/s mph mm/d mm/s m/min'.split(' '),
  irradiance: ['W/m²', 'BTU/(h⋅ft²)'],
  illuminance: ['lx'],
  precipitation: ['cm', 'in', 'mm'],
  precipitation_intensity: ['in/d', 'in/h', 'mm/d', 'mm/h'],
  distance: ['km', 'm', 'cm', 'mm', 'mi', 'nmi', 'yd', 'in', 'ft'],
  carbon_dioxide: ['ppm'],
  pm25: ['µg/m³', 'μg/m³'],
  pm10: ['µg/m³', 'μg/m³'],
  volume_flow_rate: 'm³/h m³/min m³/s ft³/min L/h L/min L/s gal/d gal/h gal/min mL/s'.split(' '),
  timestamp: [],
}

/** What it takes beside totals; of the other classes all take `measurement`. */
const NO_MEASUREMENT = new Set(['energy', 'gas', 'water', 'volume', 'monetary', 'timestamp', 'date', 'enum'])

const MANY = 16_384

/** Every way in which a discovery payload breaks a rule; none where Home Assistant takes it. */
export function discoveryFaults(topic: string, payload: string, prefix = 'homeassistant'): string[] {
  const faults: string[] = []
  const check = (isGood: boolean, fault: string) => void (isGood || faults.push(fault))
  check(
    new RegExp(`^${prefix}/device/([a-zA-Z0-9_-]+/)?[a-zA-Z0-9_-]+/config$`).test(topic),
    `topic ${topic}`,
  )
  check(payload.length < MANY, `${payload.length} characters`)
  const config: unknown = JSON.parse(payload)
  const top = record(config)
  const only = (where: string, given: object, allowed: ReadonlySet<string>) => {
    for (const key of Object.keys(given)) check(allowed.has(key), `${where}: unknown key ${key}`)
  }
  only('top', top, TOP_KEYS)
  const device = record(top['dev'] ?? top['device'])
  only('device', device, DEVICE_KEYS)
  const identifiers = [device['ids'] ?? device['identifiers'] ?? []].flat()
  check(
    identifiers.length > 0 && identifiers.every((each) => typeof each === 'string'),
    'device: no identifiers',
  )
  const origin = record(top['o'] ?? top['origin'])
  only('origin', origin, ORIGIN_KEYS)
  check(typeof origin['name'] === 'string' && origin['name'] !== '', 'origin: no name')
  for (const each of [top['avty'] ?? top['availability'] ?? []].flat()) {
    only('availability', record(each), AVAILABILITY_KEYS)
    check(isTopic(record(each)['t'] ?? record(each)['topic']), 'availability: no topic')
  }
  const components = record(top['cmps'] ?? top['components'])
  check(Object.keys(components).length > 0, 'no components')
  const ids = Object.values(components).map((each) => record(each)['unique_id'] ?? record(each)['uniq_id'])
  check(new Set(ids).size === ids.length, 'two components with one unique_id')
  for (const [name, each] of Object.entries(components)) {
    const one = record(each)
    only(name, one, SENSOR_KEYS)
    check((one['p'] ?? one['platform']) === 'sensor', `${name}: platform ${one['platform']}`)
    check(typeof (one['unique_id'] ?? one['uniq_id']) === 'string', `${name}: no unique_id`)
    check(isTopic(one['state_topic'] ?? top['state_topic'] ?? top['stat_t']), `${name}: no state_topic`)
    const id = one['default_entity_id']
    check(id === undefined || /^sensor\.[a-z0-9]+(_[a-z0-9]+)*$/.test(String(id)), `${name}: entity id ${id}`)
    const [deviceClass, unit, state] = ['device_class', 'unit_of_measurement', 'state_class'].map(
      (key) => one[key],
    )
    const units = deviceClass === undefined ? undefined : UNITS[String(deviceClass)]
    check(deviceClass === undefined || units !== undefined, `${name}: device class ${deviceClass}`)
    const isUnitless = units?.length === 0
    check(
      units === undefined || (isUnitless ? unit === undefined : units.includes(String(unit))),
      `${name}: ${unit} is no unit of ${deviceClass}`,
    )
    check(state === undefined || state === 'measurement', `${name}: state class ${state}`)
    check(
      !(state === 'measurement' && NO_MEASUREMENT.has(String(deviceClass))),
      `${name}: ${deviceClass} measured`,
    )
    check([undefined, 'diagnostic', 'config'].includes(text(one['entity_category'])), `${name}: category`)
    const expiry = one['expire_after']
    check(expiry === undefined || (Number.isInteger(expiry) && Number(expiry) > 0), `${name}: expire_after`)
    check(
      one['json_attributes_topic'] === undefined || isTopic(one['json_attributes_topic']),
      `${name}: attributes`,
    )
  }
  return faults
}

/** Which key of the state each sensor shows. */
export function shownKeys(payload: string): string[] {
  const config: { readonly components: Readonly<Record<string, { readonly value_template: string }>> } =
    JSON.parse(payload)
  return Object.values(config.components).map(
    ({ value_template }) => /^\{\{ value_json\.(\w+) \}\}$/.exec(value_template)?.[1] ?? value_template,
  )
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))

const isTopic = (value: unknown): boolean => typeof value === 'string' && value !== '' && !/[+#]/.test(value)
