namespace Tributary.Silo.Configuration;

/// <summary>One error of the configuration.</summary>
/// <param name="Origin">The file and line, the environment variable or the option.</param>
/// <param name="Key">The way to the value, such as <c>limits.bodyBytes</c>.</param>
internal sealed record ConfigError(string Origin, string Key, string Found, string Allowed)
{
    public override string ToString() => $"{Origin}: {Key}: found {Found}; allowed: {Allowed}.";
}

/// <summary>A configuration that cannot be used: stops the start. Names every error.</summary>
internal sealed class ConfigException(IReadOnlyList<ConfigError> errors)
    : TributaryException("configuration_invalid", string.Join('\n', errors))
{
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
