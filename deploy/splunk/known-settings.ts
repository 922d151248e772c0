/**
 * The settings that may stand in this app's .conf files, read one by one against Splunk's specification of each file. A
 * setting that Splunk does not know would be passed over in silence.
 */
export const KNOWN_SETTINGS: Readonly<Record<string, RegExp>> = {
  'default/app.conf': /^(is_configured|is_visible|label|author|description|version|id|check_for_updates|name)$/,
  'default/props.conf': /^(category|description|KV_MODE|SHOULD_LINEMERGE|TRUNCATE|EVAL-\w+|FIELDALIAS-\w+)$/,
  'default/fields.conf': /^INDEXED$/,
  'default/macros.conf': /^(args|definition)$/,
  'default/savedsearches.conf':
    /^(description|search|dispatch\.(earliest|latest)_time|enableSched|cron_schedule|alert_(type|comparator|threshold)|alert\.(track|digest_mode)|display\.general\.type|request\.ui_dispatch_(app|view))$/,
  'default/eventtypes.conf': /^search$/,
  'default/tags.conf': /^\w+$/,
  'metadata/default.meta': /^(access|export)$/,
}

/** The stanzas of app.conf and default.meta that Splunk knows and this app uses. */
export const KNOWN_STANZAS: Readonly<Record<string, RegExp>> = {
  'default/app.conf': /^(install|ui|launcher|package|id)$/,
  'metadata/default.meta': /^(|eventtypes|macros|props|tags)$/,
}

/** Views that Splunk itself has in every app. */
export const SPLUNK_VIEWS: readonly string[] = ['search', 'reports', 'alerts', 'dashboards']

/** Fields that Splunk gives every event. */
export const SPLUNK_FIELDS: readonly string[] = ['_raw', '_time', 'host', 'index', 'source', 'sourcetype']
