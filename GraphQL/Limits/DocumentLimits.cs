using System.Runtime.CompilerServices;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Limits;

/// <summary>
/// Measures depth, aliases and directives of an operation with its fragments expanded. It measures each fragment once,
/// however often the document spreads it; so even a document with a huge expansion is refused in linear time.
/// </summary>
internal sealed class DocumentLimits(IReadOnlyDictionary<string, FragmentDefinition> fragments)
{
    private readonly record struct Measure(long Depth, long Aliases, long Directives);

    private const long Ceiling = long.MaxValue / 4;

    private readonly Dictionary<string, Measure> measured = [];

    /// <summary>The first exceeded limit, or null.</summary>
    public static GraphQLError? Check(
        Document document, IReadOnlyDictionary<string, FragmentDefinition> fragments, GraphQLOptions options)
    {
        var limits = new DocumentLimits(fragments);
        foreach (var operation in document.Definitions.OfType<OperationDefinition>())
        {
            var (depth, aliases, directives) = limits.Of(operation.SelectionSet);
            var location = document.Source.LocationOf(operation.Start);
            if (depth > options.MaxDepth)
                return Over("nests fields", depth, "levels deep", options.MaxDepth, location);
            if (aliases > options.MaxAliasCount)
                return Over("has", aliases, "aliases", options.MaxAliasCount, location);
            if (directives > options.MaxDirectiveCount)
                return Over("has", directives, "directives", options.MaxDirectiveCount, location);
        }
        return null;
    }

    private static GraphQLError Over(string verb, long found, string what, long limit, SourceLocation location) =>
        new(
            $"The operation {verb} {(found >= Ceiling ? "more than any number of" : found.ToString())} {what}; the "
            + $"limit is {limit}.", [location], Code: ErrorCodes.Limit);

    private Measure Of(SelectionSet set)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        long depth = 0, aliases = 0, directives = 0;
        foreach (var selection in set.Selections)
        {
            directives += selection.Directives.Count;
            var inner = default(Measure);
            switch (selection)
            {
                case Field field:
                    if (field.Alias is not null) aliases++;
                    if (field.SelectionSet is not null) inner = Of(field.SelectionSet);
                    inner = inner with { Depth = field.Name is "__schema" or "__type" ? 1 : inner.Depth + 1 };
                    break;
                case InlineFragment inline:
                    inner = Of(inline.SelectionSet);
                    break;
                case FragmentSpread spread:
                    if (!measured.TryGetValue(spread.Name, out inner))
                        measured[spread.Name] = inner = Of(fragments[spread.Name].SelectionSet);
                    break;
            }
            depth = Math.Max(depth, inner.Depth);
            aliases = Math.Min(aliases + inner.Aliases, Ceiling);
            directives = Math.Min(directives + inner.Directives, Ceiling);
        }
        return new Measure(depth, aliases, directives);
    }
}
