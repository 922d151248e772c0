const TENANT = '00000000-0000-0000-0000-0000000000aa'
const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001'

/** An unhealthy assessment as Defender for Cloud exports it, one for each number. */
export function sampleAssessment(number: number, changes: object = {}): Readonly<Record<string, unknown>> {
  const resource = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st${number}`
  const name = '11111111-2222-3333-4444-555555555555'
  const envelope = { action: 'Insert', apiVersion: '2019-01-01', isSnapshot: false }
  return {
    assessmentEventDataEnrichment: envelope,
    securityEventDataEnrichment: envelope,
    tenantId: TENANT,
    type: 'Microsoft.Security/assessments',
    id: `${resource}/providers/Microsoft.Security/assessments/${name}`,
    name,
    properties: {
      resourceDetails: {
        source: 'Azure',
        id: resource,
        resourceName: `st${number}`,
        resourceType: 'storageAccounts',
        resourceProvider: 'Microsoft.Storage',
      },
      displayName: 'Storage accounts should refuse public access',
      status: {
        code: 'Unhealthy',
        statusChangeDate: '2026-11-25T12:00:00.1234567Z',
        firstEvaluationDate: '2026-11-20T09:00:00.0000000Z',
      },
      metadata: {
        assessmentType: 'BuiltIn',
        severity: 'Medium',
        description: 'Whoever knows the address of a public container can read it.',
        remediationDescription: '1. Open the account.<br>2. Turn public access off.',
        categories: ['Data'],
        threats: ['DataExfiltration'],
      },
      links: { azurePortal: 'portal.azure.com/#blade/Microsoft_Azure_Security/RecommendationsBlade' },
    },
    ...changes,
  }
}

/** The same when the resource is gone. */
export function sampleDeletion(number: number): Readonly<Record<string, unknown>> {
  const envelope = { action: 'Delete', apiVersion: '2019-01-01', isSnapshot: false }
  return sampleAssessment(number, {
    assessmentEventDataEnrichment: envelope,
    securityEventDataEnrichment: envelope,
    properties: {},
  })
}

/** A new alert as Defender for Cloud exports it, one for each number. */
export function sampleAlert(number: number, changes: object = {}): Readonly<Record<string, unknown>> {
  return {
    VendorName: 'Microsoft',
    AlertType: 'VM_SuspectProcess',
    ProductName: 'Microsoft Defender for Cloud',
    StartTimeUtc: '2026-11-25T11:30:00.950321Z',
    TimeGenerated: '2026-11-25T11:45:00.485Z',
    Severity: 'High',
    Status: 'New',
    SystemAlertId: `22222222-0000-0000-0000-${String(number).padStart(12, '0')}`,
    Intent: 'Execution',
    CompromisedEntity: `vm${number}`,
    AlertDisplayName: 'A process ran that looks like an attack',
    Description: 'A process ran from a folder for temporary files.',
    RemediationSteps: ['Ask who started it.'],
    Entities: [],
    ResourceIdentifiers: [
      {
        $id: '2',
        Type: 'AzureResource',
        AzureResourceId: `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm${number}`,
      },
    ],
    ...changes,
  }
}

/** That an assessment tests a requirement of a standard, as Defender for Cloud exports it. */
export function sampleRegulatoryAssessment(
  requirement: string,
  assessment = '11111111-2222-3333-4444-555555555555',
  changes: object = {},
): Readonly<Record<string, unknown>> {
  const standard = `${SUBSCRIPTION}/providers/Microsoft.Security/regulatoryComplianceStandards/PCI-DSS-4`
  return {
    securityEventDataEnrichment: {
      action: 'Write',
      apiVersion: '2019-01-01-preview',
      isSnapshot: false,
      interval: '00:00:00',
    },
    id: `${standard}/regulatoryComplianceControls/${requirement}/regulatoryComplianceAssessments/${assessment}`,
    name: assessment,
    type: 'Microsoft.Security/regulatoryComplianceStandards/regulatoryComplianceControls/regulatoryComplianceAssessments',
    properties: {
      description: 'Storage accounts should refuse public access',
      state: 'Failed',
      passedResources: 1,
      failedResources: 1,
      skippedResources: 0,
      assessmentType: 'AssessmentResult',
    },
    ...changes,
  }
}
