using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Fields of an object literal have different names (spec section 5.6.3).</summary>
internal sealed class UniqueInputFieldNames : ValidationRule
{
    public override void ObjectLiteral(ValidationContext context, ObjectValue literal)
    {
        if (literal.Fields.Count < 2) return;
        var known = new Dictionary<string, ObjectField>();
        foreach (var field in literal.Fields)
            if (!known.TryAdd(field.Name, field))
                context.Report($"Field \"{field.Name}\" is given more than once.", known[field.Name], field);
    }
}
