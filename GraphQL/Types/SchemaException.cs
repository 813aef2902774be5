namespace Tributary.GraphQL.Types;

/// <summary>
/// The SDL is not a valid schema, or resolvers do not fit it. Stops the start; lists all problems, not only the first.
/// </summary>
public sealed class SchemaException(IReadOnlyList<string> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
