extension AssistantTool {
  /// What the business is and has: get_business_info, get_services, get_menu, get_stock.
  static let knowing: [AssistantTool] = []
}
