namespace Tributary.Pipeline.Definitions;

/// <summary>One error in a definition: where, what was found, what is allowed.</summary>
public sealed record DefinitionError(string Key, string Found, string Allowed)
{
    public override string ToString() => $"{Key}: found {Found}; allowed: {Allowed}.";
}

/// <summary>Definitions that cannot be used; names every error.</summary>
public sealed class DefinitionException(IReadOnlyList<DefinitionError> errors)
    : TributaryException("definition_invalid", string.Join('\n', errors))
{
    public IReadOnlyList<DefinitionError> Errors { get; } = errors;
}
