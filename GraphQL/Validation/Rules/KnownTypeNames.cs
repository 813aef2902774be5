using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Types that the document names exist (spec sections 5.5.1.2 and 5.8.2).</summary>
internal sealed class KnownTypeNames : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        foreach (var variable in operation.Variables) Check(context, variable.Type);
    }

    public override void Fragment(ValidationContext context, FragmentDefinition fragment) =>
        Check(context, fragment.TypeCondition);

    public override void InlineFragment(ValidationContext context, InlineFragment fragment, NamedType? parent)
    {
        if (fragment.TypeCondition is not null) Check(context, fragment.TypeCondition);
    }

    private static void Check(ValidationContext context, TypeNode reference)
    {
        while (reference is not NamedTypeNode)
            reference = reference is ListTypeNode list ? list.Of : ((NonNullTypeNode)reference).Of;
        var name = ((NamedTypeNode)reference).Name;
        if (context.Schema.Type(name) is null)
            context.Report($"Unknown type \"{name}\".{Suggestions.For(name, context.Schema.Types.Keys)}", reference);
    }
}
