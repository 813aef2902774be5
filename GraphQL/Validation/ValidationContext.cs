using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation;

/// <summary>
/// One use of a variable. <c>HasDefault</c>: its place has a default. <c>OneOf</c>: the @oneOf input object that the
/// place is a field of, or null.
/// </summary>
internal readonly record struct VariableUsage(
    VariableValue Node, GraphQLType? Type, bool HasDefault, InputObjectType? OneOf);

/// <summary>
/// The data about one document that rules share: its fragments, the spreads and variables
/// of each definition, and the errors.
/// </summary>
internal sealed class ValidationContext
{
    private readonly Dictionary<Node, DefinitionUses> uses;
    private readonly Dictionary<OperationDefinition, IReadOnlyList<FragmentDefinition>> reachable = new(
        ReferenceEqualityComparer.Instance);

    public ValidationContext(Schema schema, Document document, int maxErrors)
    {
        Schema = schema;
        Document = document;
        MaxErrors = maxErrors;
        foreach (var definition in document.Definitions)
        {
            if (definition is OperationDefinition operation) Operations.Add(operation);
            else if (definition is FragmentDefinition fragment) Fragments.TryAdd(fragment.Name, fragment);
        }
        uses = DefinitionUses.Of(schema, document);
    }

    public Schema Schema { get; }

    public Document Document { get; }

    public int MaxErrors { get; }

    public List<GraphQLError> Errors { get; } = [];

    /// <summary>True when the limit of errors is reached, so that the walk may end.</summary>
    public bool IsFull => Errors.Count >= MaxErrors;

    public List<OperationDefinition> Operations { get; } = [];

    /// <summary>The first fragment of each name.</summary>
    public Dictionary<string, FragmentDefinition> Fragments { get; } = [];

    /// <summary>
    /// True when a fragment spreads itself, directly or not, or a chain is too long:
    /// nothing may then recurse through spreads.
    /// </summary>
    public bool HasFragmentCycles { get; set; }

    public DefinitionUses Uses(Definition definition) => uses[definition];

    /// <summary>
    /// The fragments that an operation reaches, each once, in order of discovery. Safe with
    /// cycles and with chains of any length.
    /// </summary>
    public IReadOnlyList<FragmentDefinition> Reachable(OperationDefinition operation)
    {
        if (reachable.TryGetValue(operation, out var known)) return known;
        var found = new List<FragmentDefinition>();
        var seen = new HashSet<string>();
        Add(Uses(operation));
        for (var i = 0; i < found.Count; i++) Add(Uses(found[i]));
        return reachable[operation] = found;

        void Add(DefinitionUses definition)
        {
            foreach (var spread in definition.Spreads)
                if (seen.Add(spread.Name) && Fragments.TryGetValue(spread.Name, out var fragment)) found.Add(fragment);
        }
    }

    /// <summary>Every use of a variable in the operation, including its fragments.</summary>
    public IEnumerable<VariableUsage> VariableUsages(OperationDefinition operation)
    {
        foreach (var usage in Uses(operation).Variables) yield return usage;
        foreach (var fragment in Reachable(operation))
            foreach (var usage in Uses(fragment).Variables) yield return usage;
    }

    public void Report(string message, params ReadOnlySpan<Node> nodes)
    {
        if (IsFull) return;
        var locations = new SourceLocation[nodes.Length];
        for (var i = 0; i < nodes.Length; i++) locations[i] = Document.Source.LocationOf(nodes[i].Start);
        Errors.Add(new GraphQLError(message, locations, Code: ErrorCodes.Validation));
    }
}
