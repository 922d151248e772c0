import {
  ADMIN,
  BROAD,
  CONDITIONAL,
  HYGIENE,
  OPEN_CALL,
  OTHER_TENANTS,
  PUBLIC_READ,
  PUBLIC_WRITE,
  REACHABLE,
  RESTRICTED,
  SECRET,
  SENSITIVE_PORT,
  UNTOLD,
  type ControlMeaning,
} from './control-meaning.ts'

/** The first that matches counts. */
type Rule = readonly [checks: RegExp, meaning: ControlMeaning]

/**
 * What Prowler's checks mean, by their names, which follow one way of naming. Reviewed against every check of Prowler
 * 5.46 for AWS; what no line names is unknown.
 */
const RULES: readonly Rule[] = [
  // What other tools found, which Prowler hands on.
  [/^guardduty_no_high_severity_findings$|^inspector2_active_findings_|^cloudtrail_threat_detection_/, UNTOLD],
  [/^accessanalyzer_enabled_without_findings$|^fms_policy_compliant$|^trustedadvisor_errors_and_warnings$/, UNTOLD],
  [/^wellarchitected_workload_no_high_or_medium_risks$/, UNTOLD],

  // Data that anybody may have.
  [/^s3_bucket_(policy_public_write_access|public_write_acl)$/, PUBLIC_WRITE],
  [/^s3_bucket_(public_access|public_list_acl|object_public)$/, PUBLIC_READ],
  [/^cloudtrail_logs_s3_bucket_is_not_publicly_accessible$|^glacier_vaults_policy_public_access$/, PUBLIC_READ],
  [/_(public_snapshots?|snapshots_public_access)$|^ec2_ami_public$|^ssm_documents_set_as_public$/, PUBLIC_READ],
  [/^(ecr_repositories|opensearch_service_domains|secretsmanager|backup_vaults)_not_publicly_accessible$/, PUBLIC_READ],
  [/^(cloudstorage_bucket|bigquery_dataset)_public_access$|^compute_image_not_publicly_shared$/, PUBLIC_READ],

  // What answers to anybody.
  [/^awslambda_function_(not_publicly_accessible|url_public)$/, OPEN_CALL],
  [/^(sns_topics|sqs_queues|kms_key|ses_identity|codebuild_project)_not_publicly_accessible$/, OPEN_CALL],
  [/^(cloudwatch_log_group|glue_data_catalogs)_not_publicly_accessible$|^eventbridge_bus_exposed$/, OPEN_CALL],
  [/^apigateway(v2_api|_restapi)_authorizers_enabled$|^kafka_cluster_unrestricted_access_disabled$/, OPEN_CALL],
  [/^cognito_identity_pool_guest_access_disabled$|^cloudfront_distributions_s3_origin_non_existent_bucket$/, OPEN_CALL],
  [/subdomain_takeover$/, OPEN_CALL],

  // Secrets in clear.
  [/_(no_secrets(_in_\w+)?|find_secrets\w*|secrets_user_data|no_environment_secrets|document_secrets)$/, SECRET],
  [/^codebuild_project_source_repo_url_no_sensitive_credentials$/, SECRET],

  // Guards and defaults, which Prowler also counts as internet-exposed.
  [/(^|_)public_access_blocks?$|^(ec2_(ebs_snapshot|ami)_account|emr_cluster_account)_\w*block\w*$/, CONDITIONAL],
  [
    /^vpc_subnet_no_public_ip_by_default$|^ec2_(launch_template_no_public_ip|transitgateway_auto_accept\w*)$/,
    CONDITIONAL,
  ],
  [/^ec2_securitygroup_default_restrict_traffic$|^autoscaling_group_launch_configuration_no_public_ip$/, CONDITIONAL],
  [/^rds_instance_inside_vpc$|^sagemaker_notebook_instance_without_direct_internet_access_configured$/, CONDITIONAL],
  [/^awslambda_function_url_cors_policy$|^efs_(mount_target_)?not_publicly_accessible$/, CONDITIONAL],
  [
    /^eks_cluster_private_nodes_enabled$|^workspaces_vpc_\w+$|^sagemaker_\w+_(vpc_settings_configured|isolation_enabled)$/,
    CONDITIONAL,
  ],
  [
    /^cloudfront_distributions_(s3_origin_access_control|default_root_object)$|^networkfirewall_policy_default_\w+$/,
    CONDITIONAL,
  ],

  // Open networks.
  [/^ec2_instance_port_\w+_exposed_to_internet$|^ec2_confidential_workload_host_vsock_proxy_exposed$/, SENSITIVE_PORT],
  [/^ec2_securitygroup_allow_ingress_from_internet_to_(all_ports|high_risk_tcp_ports|(tcp|udp)_port_)/, SENSITIVE_PORT],
  [/^ec2_networkacl_allow_ingress_tcp_port_(22|3389)$/, SENSITIVE_PORT],
  [
    /^(rds|dms|documentdb|neptune)_(instance|cluster)_(no_)?public_access$|^redshift_cluster_public_access$/,
    SENSITIVE_PORT,
  ],
  [/^kafka_cluster_is_public$|^mq_broker_not_publicly_accessible$|^lightsail_database_public$/, SENSITIVE_PORT],
  [/^(elasticache|neptune)_cluster_uses_public_subnet$/, SENSITIVE_PORT],
  [/^ec2_securitygroup_allow_ingress_from_internet_to_any_port_from_ip$/, RESTRICTED],
  [/^apigateway_restapi_public_with_authorizer$/, RESTRICTED],
  [
    /^ec2_(securitygroup_allow_(ingress_from_internet_to_any_port|wide_open_public)|networkacl_allow_ingress_any)/,
    REACHABLE,
  ],
  [/^ec2_(instance_public_ip|instance_internet_facing_with_instance_profile|elastic_ip_shodan)$/, REACHABLE],
  [/^ec2_confidential_workload_host_(public_ip|unrestricted_ingress)$|^lightsail_instance_public$/, REACHABLE],
  [
    /^eks_(cluster_not_publicly_accessible|control_plane_endpoint_access_restricted)$|^ecs_\w+_no_assign_public_ip$/,
    REACHABLE,
  ],
  [/^(elb|elbv2)_internet_facing$|^apigateway_restapi_public$/, REACHABLE],
  [/^emr_cluster_(publicly_accesible|master_nodes_no_public_ip)$/, REACHABLE],

  // Who may do what.
  [/^iam_customer_unattached_policy_no_administrative_privileges$/, CONDITIONAL],
  [/^(iam|bedrock)_\w*(no_administrative_privileges|administrator_?access\w*|allows_privilege_escalation)$/, ADMIN],
  [/^iam_(no_root_access_key|root_\w*mfa_enabled|avoid_root_usage)$/, ADMIN],
  [/^iam_\w*(no_full_access_to_\w+|permissive_role_assumption|passrole_to_\w+|access_token_wildcard)$/, BROAD],
  [/^bedrock_(agent_role_least_privilege|full_access_policy_attached)$/, BROAD],
  [/^iam_role_cross_account_readonlyaccess_policy$/, { ...BROAD, exposure: 'cross_boundary' }],
  [/^iam_role_(cross_service_confused_deputy_prevention|service_trust_restricts_source_to_account)$/, OTHER_TENANTS],
  [/_cross_account_(access|sharing)(_\w+)?$|_trust_boundaries$|_shared_within_organization_only$/, OTHER_TENANTS],
  [/^s3_bucket_shadow_resource_vulnerability$/, OTHER_TENANTS],
  [/^iam_(inline_)?policy_no_wildcard_marketplace_subscribe$|^iam_policy_cloudshell_admin_not_attached$/, CONDITIONAL],
  [/^iam_(password_policy_\w+|securityaudit_role_created|support_role_created|check_saml_providers_sts)$/, HYGIENE],
  [/^iam_(policy_attached_only_to_group_or_roles|root_credentials_management_enabled)$|_not_stale_to_\w+$/, HYGIENE],
  [/^iam_(rotate_access_key_\w+|user_\w+)$|_mfa_enabled(_\w+)?$|_mfa_radius_enabled$/, CONDITIONAL],
  [/_(no_api_key_authentication|no_long_term_credentials|role_not_shared_across_agents)$/, CONDITIONAL],
  [
    /^dms_endpoint_(mongodb_authentication|neptune_iam_authorization)_enabled$|_redis_replication_group_auth_enabled$/,
    CONDITIONAL,
  ],
  [
    /^opensearch_service_domains_(access_control|internal_user|use_cognito)\w*$|_restrictive_resource_policy$/,
    CONDITIONAL,
  ],
  [/^cognito_user_pool_(self_registration_disabled|client_prevent_user_existence_errors)$/, CONDITIONAL],
  [
    /^rolesanywhere_profile_restricts_session_permissions$|^vpc_peering_routing_tables_with_least_privilege$/,
    CONDITIONAL,
  ],

  // What is old, or runs with more than it needs, or takes in what others wrote.
  [
    /_imdsv2(_\w+)?$|_(using_supported_runtimes|deprecated_engine_version|supported_version|outdated_ami)$/,
    CONDITIONAL,
  ],
  [
    /_php_(platform|blueprint)_updated$|_fargate_latest_platform_version$|_latest_service_software_version$/,
    CONDITIONAL,
  ],
  [/^ssm_managed_compliant_patching$|^ecr_repositories_scan_vulnerabilities_in_latest_image$/, CONDITIONAL],
  [
    /^ecs_task_definitions_(no_privileged_containers|host_\w+)$|^sagemaker_notebook_instance_root_access_disabled$/,
    CONDITIONAL,
  ],
  [
    /^codebuild_project_(user_controlled|uses_allowed|webhook_filters)\w+$|^codepipeline_project_repo_private$/,
    CONDITIONAL,
  ],
  [
    /_using_cross_account_layers$|_external_public_publishing_disabled$|_drop_invalid_header_fields_enabled$/,
    CONDITIONAL,
  ],
  [/^kms_key_enclave_\w+$|^eks_cluster_(network_policy_enabled|vpc_cni_network_policy_enforced)$/, CONDITIONAL],
  [/^bedrock_(agent_)?guardrails?_\w+$/, CONDITIONAL],

  // Newer than what is safe today.
  [/_(pqc|fips)_\w+$/, HYGIENE],
  [/_(in_transit|mutual_tls)_\w+$|_node_to_node_encryption_enabled$|_intercontainer_encryption_enabled$/, CONDITIONAL],

  // On the wire, one must stand between.
  [
    /_(secure_transport_policy|transport_encrypted|ssl_listeners|insecure_ssl_ciphers|origin_traffic_encrypted)$/,
    CONDITIONAL,
  ],
  [
    /_(https_communications_enforced|https_enabled|using_deprecated_ssl_protocols|desync_mitigation_mode)$/,
    CONDITIONAL,
  ],
  [/_(tls_termination_enabled|ssl_enabled|not_using_http_endpoints|radius_server_security_protocol)$/, CONDITIONAL],

  // Encryption at rest, and keys.
  [/_encrypt(ed|ion)(_\w+)?$|_(at_rest|cmk)(_\w+)?$|_certificate_expiration$|_acm_certificate$/, HYGIENE],

  // What only watches, keeps, spares or names; everything in these families does.
  [/^(cloudtrail|cloudwatch|config|guardduty|securityhub|macie|inspector2|account|accessanalyzer)_/, HYGIENE],
  [/^(acm|acmpca|kms_cmk|backup|dlm|drs|organizations|shield|waf|wafv2|directconnect|trustedadvisor)_/, HYGIENE],
  [/^(resourceexplorer2|ssmincidents|cognito_user_pool_password_policy)_/, HYGIENE],
  // Records and watch.
  [/_(\w*logging(_\w+)?|\w*logs(_\w+)?|\w*monitoring_\w+|log_export|log_forwarding_enabled)$/, HYGIENE],
  ending(`event_notifications_enabled event_subscription event_subscription_parameter_groups
    event_subscription_security_groups monitor_notifications tracing_enabled container_insights_enabled
    enhanced_health_reporting models_monitor_enabled scan_images_on_push_enabled enhanced_scanning_enabled
    managed_by_ssm clarify_exists registry_in_use`),
  // Copies and spares.
  [/_(\w*backup_plan|\w*multi_az(_\w+)?|(auto_)?minor_version_upgrades?(_enabled)?|copy_tags_to_\w+)$/, HYGIENE],
  [/_(lifecycle_\w+|\w*replication(_enabled)?|snapshots?_(exists|limit)|automated_snapshots?)$/, HYGIENE],
  ending(`multiple_az different_az different_regions backup_enabled backtrack_enabled pitr_enabled object_versioning
    object_lock no_mfa_delete no_dead_letter_queue data_retention_period connection_draining_enabled
    cross_zone_load_balancing_enabled elb_health_check_enabled multiple_instance_types capacity_rebalance_enabled
    using_ec2_launch_template autoscaling_enabled automatic_failover_enabled multiple_origin_failover_configured
    active_deployment_mode cluster_deployment_mode fault_tolerant fault_tolerant_data_nodes fault_tolerant_master_nodes
    prod_variant_instances listeners_underneath tunnels_up host_not_running deletion_protection
    deletion_protection_enabled termination_protection_enabled`),
  // Order, age and defaults.
  ending(`tags not_used unused unassigned tag_immutability older_than_specific_days older_90_days paravirtual_type
    from_launch_wizard uses_single_eni many_ingress_egress_rules instance_profile_attached separate_private_public
    inside_vpc enhanced_vpc_routing vpc_endpoints_configured endpoint_for_ec2_enabled acl_prohibited default_admin
    non_default_port non_default_username non_default_database_name iam_authentication_enabled extended_support
    automatic_upgrades managed_updates_enabled uses_latest_version bootstrap_version in_all_vpc rule_group_associated
    enforce_configuration enforce_root_directory enforce_user_identity readonly_access prompt_management_exists
    sso_configured automatic_rotation_enabled secret_rotated_periodically expired_server_certificates_stored`),
  // What only makes something else harder.
  ending(`using_waf waf_acl_attached geo_restrictions_enabled custom_ssl_certificate https_sni_enabled dkim_enabled
    client_certificate_enabled privacy_protection_enabled transferlock_enabled default_internet_access_disabled
    maximum_session_duration session_disconnect_timeout session_idle_disconnect_timeout temporary_password_expiration
    advanced_security_enabled compromised_credentials_sign_in_attempts potential_malicious_sign_in_attempts
    client_token_revocation_enabled account_recovery_sms_not_preferred`),
]

function ending(words: string): Rule {
  return [new RegExp(`_(${words.trim().split(/\s+/).join('|')})$`), HYGIENE]
}

/** No check's name is as long; matching takes time by the square of the length. */
const LONGEST_NAME = 200

/** What it means to fail one of Prowler's checks; undefined where nobody has considered it. */
export function prowlerControl(check: string): ControlMeaning | undefined {
  if (check.length > LONGEST_NAME) return undefined
  return RULES.find(([checks]) => checks.test(check))?.[1]
}
