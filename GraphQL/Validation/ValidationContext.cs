using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation;

/// <summary>
/// One use of a variable. <c>HasDefault</c>: its place has a default. <c>OneOf</c>: the @oneOf input object it is a
/// field of.
/// </summary>
internal readonly record struct VariableUsage(
    VariableValue Node, GraphQLType? Type, bool HasDefault, InputObjectType? OneOf);

/// <summary>
/// What rules share about one document: its fragments, what each definition spreads and which variables it uses, and
/// the errors.
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

    /// <summary>No more errors are wanted: the walk may end.</summary>
    public bool IsFull => Errors.Count >= MaxErrors;

    public List<OperationDefinition> Operations { get; } = [];

    /// <summary>The first fragment of each name.</summary>
    public Dictionary<string, FragmentDefinition> Fragments { get; } = [];

    /// <summary>
    /// A fragment spreads itself, directly or not, or chains are too long. Nothing may recurse through spreads then.
    /// </summary>
    public bool HasFragmentCycles { get; set; }

    public DefinitionUses Uses(Definition definition) => uses[definition];

    /// <summary>
    /// The fragments an operation reaches, each once, in the order of discovery. Safe with cycles and with any length
    /// of chains.
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

    /// <summary>Every use of a variable that belongs to the operation, through all fragments.</summary>
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
