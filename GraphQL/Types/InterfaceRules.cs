namespace Tributary.GraphQL.Types;

/// <summary>
/// IsValidImplementation (spec section 3.6): an object or interface has the fields that its interfaces require.
/// </summary>
internal static class InterfaceRules
{
    public static void Check(Schema schema, FieldsType type, List<string> problems)
    {
        var seen = new HashSet<InterfaceType>(ReferenceEqualityComparer.Instance);
        foreach (var contract in type.Interfaces)
        {
            if (ReferenceEquals(contract, type))
            {
                problems.Add($"Type {type.Name} cannot implement itself.");
                continue;
            }
            if (!seen.Add(contract))
            {
                problems.Add($"Type {type.Name} implements {contract.Name} more than once.");
                continue;
            }
            foreach (var ancestor in contract.Interfaces.Where(a => !type.Interfaces.Contains(a)))
            {
                problems.Add(ReferenceEquals(ancestor, type)
                    ? $"Type {type.Name} cannot implement {contract.Name}, which implements it."
                    : $"Type {type.Name} must implement {ancestor.Name}, because {contract.Name} does.");
            }
            foreach (var promised in contract.Fields) Field(schema, type, contract, promised, problems);
        }
    }

    private static void Field(
        Schema schema, FieldsType type, InterfaceType contract, FieldDef promised, List<string> problems)
    {
        var field = type.Field(promised.Name);
        if (field is null)
        {
            problems.Add($"Type {type.Name} lacks the field {promised.Name} of its interface {contract.Name}.");
            return;
        }
        if (!schema.IsSubType(field.Type, promised.Type))
            problems.Add(
                $"{type.Name}.{field.Name} is {field.Type}, but {contract.Name}.{field.Name} promises "
                + $"{promised.Type}.");
        foreach (var argument in promised.Arguments)
        {
            var own = field.Argument(argument.Name);
            if (own is null)
                problems.Add(
                    $"{type.Name}.{field.Name} lacks the argument {argument.Name} of {contract.Name}.{field.Name}.");
            else if (!ReferenceEquals(own.Type, argument.Type))
                problems.Add(
                    $"{type.Name}.{field.Name}({argument.Name}:) is {own.Type}, but {contract.Name}.{field.Name} "
                    + $"promises {argument.Type}.");
        }
        foreach (var extra in field.Arguments.Where(a => a.IsRequired && promised.Argument(a.Name) is null))
            problems.Add(
                $"{type.Name}.{field.Name}({extra.Name}:) is required, but {contract.Name}.{field.Name} does not have "
                + "it.");
    }
}
