namespace Tributary.Connectors.Configuration;

/// <summary>One error in the configuration: where, what was found, what is allowed.</summary>
/// <param name="Origin">A file and a line, an environment variable or an option.</param>
public sealed record ConfigError(string Origin, string Key, string Found, string Allowed)
{
    public override string ToString() => $"{Origin}: {Key}: found {Found}; allowed: {Allowed}.";
}

/// <summary>A configuration that cannot be used; names every error.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigError> errors)
    : TributaryException("configuration_invalid", string.Join('\n', errors))
{
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
