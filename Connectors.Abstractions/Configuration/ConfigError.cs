namespace Tributary.Connectors.Configuration;

/// <summary>One error in the configuration: its place, the value found and the values allowed.</summary>
/// <param name="Origin">A file and a line, an environment variable or an option.</param>
public sealed record ConfigError(string Origin, string Key, string Found, string Allowed)
{
    public override string ToString() => $"{Origin}: {Key}: found {Found}; allowed: {Allowed}.";
}

/// <summary>The configuration has errors; <paramref name="errors"/> lists all of them.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigError> errors)
    : TributaryException("configuration_invalid", string.Join('\n', errors))
{
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
