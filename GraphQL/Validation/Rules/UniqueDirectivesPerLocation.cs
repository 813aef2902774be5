using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>A directive that is not repeatable occurs once at a place (spec section 5.7.3).</summary>
internal sealed class UniqueDirectivesPerLocation : ValidationRule
{
    public override void Directives(ValidationContext context, IReadOnlyList<Directive> directives, string location)
    {
        if (directives.Count < 2) return;
        var seen = new Dictionary<string, Directive>();
        foreach (var directive in directives)
        {
            if (context.Schema.Directives.GetValueOrDefault(directive.Name) is not { IsRepeatable: false }) continue;
            if (!seen.TryAdd(directive.Name, directive))
                context.Report(
                    $"Directive \"@{directive.Name}\" may stand only once here.", seen[directive.Name], directive);
        }
    }
}
