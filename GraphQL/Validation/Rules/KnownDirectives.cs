using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Directives exist and stand where they may (spec sections 5.7.1 and 5.7.2).</summary>
internal sealed class KnownDirectives : ValidationRule
{
    public override void Directives(ValidationContext context, IReadOnlyList<Directive> directives, string location)
    {
        foreach (var directive in directives)
        {
            if (!context.Schema.Directives.TryGetValue(directive.Name, out var definition))
                context.Report($"Unknown directive \"@{directive.Name}\".", directive);
            else if (!definition.Locations.Contains(location))
                context.Report($"Directive \"@{directive.Name}\" may not stand on {location}.", directive);
        }
    }
}
