/**
 * AWS's managed rules and the labels that they add, as AWS's pages list them
 * (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html), in the order of evaluation.
 */
export const AWS_LABELS: Record<string, Record<string, string>> = {
  AWSManagedRulesAmazonIpReputationList: {
    AWSManagedIPReputationList: "awswaf:managed:aws:amazon-ip-list:AWSManagedIPReputationList",
    AWSManagedReconnaissanceList: "awswaf:managed:aws:amazon-ip-list:AWSManagedReconnaissanceList",
    AWSManagedIPDDoSList: "awswaf:managed:aws:amazon-ip-list:AWSManagedIPDDoSList",
  },
  AWSManagedRulesAnonymousIpList: {
    AnonymousIPList: "awswaf:managed:aws:anonymous-ip-list:AnonymousIPList",
    HostingProviderIPList: "awswaf:managed:aws:anonymous-ip-list:HostingProviderIPList",
  },
  AWSManagedRulesKnownBadInputsRuleSet: {
    JavaDeserializationRCE_HEADER: "awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_Header",
    JavaDeserializationRCE_BODY: "awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_Body",
    JavaDeserializationRCE_URIPATH: "awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_URIPath",
    JavaDeserializationRCE_QUERYSTRING: "awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_QueryString",
    Host_localhost_HEADER: "awswaf:managed:aws:known-bad-inputs:Host_Localhost_Header",
    PROPFIND_METHOD: "awswaf:managed:aws:known-bad-inputs:Propfind_Method",
    ExploitablePaths_URIPATH: "awswaf:managed:aws:known-bad-inputs:ExploitablePaths_URIPath",
    Log4JRCE_HEADER: "awswaf:managed:aws:known-bad-inputs:Log4JRCE_Header",
    Log4JRCE_QUERYSTRING: "awswaf:managed:aws:known-bad-inputs:Log4JRCE_QueryString",
    Log4JRCE_BODY: "awswaf:managed:aws:known-bad-inputs:Log4JRCE_Body",
    Log4JRCE_URIPATH: "awswaf:managed:aws:known-bad-inputs:Log4JRCE_URIPath",
    ReactJSRCE_BODY: "awswaf:managed:aws:known-bad-inputs:ReactJSRCE_Body",
  },
  AWSManagedRulesCommonRuleSet: {
    NoUserAgent_HEADER: "awswaf:managed:aws:core-rule-set:NoUserAgent_Header",
    UserAgent_BadBots_HEADER: "awswaf:managed:aws:core-rule-set:BadBots_Header",
    SizeRestrictions_QUERYSTRING: "awswaf:managed:aws:core-rule-set:SizeRestrictions_QueryString",
    SizeRestrictions_Cookie_HEADER: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Cookie_Header",
    SizeRestrictions_BODY: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body",
    SizeRestrictions_URIPATH: "awswaf:managed:aws:core-rule-set:SizeRestrictions_URIPath",
    EC2MetaDataSSRF_BODY: "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body",
    EC2MetaDataSSRF_COOKIE: "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Cookie",
    EC2MetaDataSSRF_URIPATH: "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_URIPath",
    EC2MetaDataSSRF_QUERYARGUMENTS: "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_QueryArguments",
    GenericLFI_QUERYARGUMENTS: "awswaf:managed:aws:core-rule-set:GenericLFI_QueryArguments",
    GenericLFI_URIPATH: "awswaf:managed:aws:core-rule-set:GenericLFI_URIPath",
    GenericLFI_BODY: "awswaf:managed:aws:core-rule-set:GenericLFI_Body",
    RestrictedExtensions_URIPATH: "awswaf:managed:aws:core-rule-set:RestrictedExtensions_URIPath",
    RestrictedExtensions_QUERYARGUMENTS: "awswaf:managed:aws:core-rule-set:RestrictedExtensions_QueryArguments",
    GenericRFI_QUERYARGUMENTS: "awswaf:managed:aws:core-rule-set:GenericRFI_QueryArguments",
    GenericRFI_BODY: "awswaf:managed:aws:core-rule-set:GenericRFI_Body",
    GenericRFI_URIPATH: "awswaf:managed:aws:core-rule-set:GenericRFI_URIPath",
    CrossSiteScripting_COOKIE: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Cookie",
    CrossSiteScripting_QUERYARGUMENTS: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_QueryArguments",
    CrossSiteScripting_BODY: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body",
    CrossSiteScripting_URIPATH: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_URIPath",
  },
  AWSManagedRulesAdminProtectionRuleSet: {
    AdminProtection_URIPATH: "awswaf:managed:aws:admin-protection:AdminProtection_URIPath",
  },
  AWSManagedRulesSQLiRuleSet: {
    SQLi_QUERYARGUMENTS: "awswaf:managed:aws:sql-database:SQLi_QueryArguments",
    SQLiExtendedPatterns_QUERYARGUMENTS: "awswaf:managed:aws:sql-database:SQLiExtendedPatterns_QueryArguments",
    SQLi_BODY: "awswaf:managed:aws:sql-database:SQLi_Body",
    SQLiExtendedPatterns_BODY: "awswaf:managed:aws:sql-database:SQLiExtendedPatterns_Body",
    SQLi_COOKIE: "awswaf:managed:aws:sql-database:SQLi_Cookie",
  },
  AWSManagedRulesLinuxRuleSet: {
    LFI_URIPATH: "awswaf:managed:aws:linux-os:LFI_URIPath",
    LFI_QUERYSTRING: "awswaf:managed:aws:linux-os:LFI_QueryString",
    LFI_HEADER: "awswaf:managed:aws:linux-os:LFI_Header",
  },
  AWSManagedRulesUnixRuleSet: {
    UNIXShellCommandsVariables_QUERYARGUMENTS: "awswaf:managed:aws:posix-os:UNIXShellCommandsVariables_QUERYARGUMENTS",
    UNIXShellCommandsVariables_BODY: "awswaf:managed:aws:posix-os:UNIXShellCommandsVariables_BODY",
  },
  AWSManagedRulesWindowsRuleSet: {
    WindowsShellCommands_COOKIE: "awswaf:managed:aws:windows-os:WindowsShellCommands_Cookie",
    WindowsShellCommands_QUERYARGUMENTS: "awswaf:managed:aws:windows-os:WindowsShellCommands_QueryArguments",
    WindowsShellCommands_BODY: "awswaf:managed:aws:windows-os:WindowsShellCommands_Body",
    PowerShellCommands_COOKIE: "awswaf:managed:aws:windows-os:PowerShellCommands_Cookie",
    PowerShellCommands_QUERYARGUMENTS: "awswaf:managed:aws:windows-os:PowerShellCommands_QueryArguments",
    PowerShellCommands_BODY: "awswaf:managed:aws:windows-os:PowerShellCommands_Body",
  },
  AWSManagedRulesPHPRuleSet: {
    PHPHighRiskMethodsVariables_HEADER: "awswaf:managed:aws:php-app:PHPHighRiskMethodsVariables_Header",
    PHPHighRiskMethodsVariables_QUERYSTRING: "awswaf:managed:aws:php-app:PHPHighRiskMethodsVariables_QueryString",
    PHPHighRiskMethodsVariables_BODY: "awswaf:managed:aws:php-app:PHPHighRiskMethodsVariables_Body",
  },
  AWSManagedRulesWordPressRuleSet: {
    WordPressExploitableCommands_QUERYSTRING:
      "awswaf:managed:aws:wordpress-app:WordPressExploitableCommands_QUERYSTRING",
    WordPressExploitablePaths_URIPATH: "awswaf:managed:aws:wordpress-app:WordPressExploitablePaths_URIPATH",
  },
};

/** What a rule does whose action nobody overrides: all others block. */
export const ONLY_COUNTED_BY_AWS = ["AWSManagedIPDDoSList"];
