namespace Tributary;

/// <summary>An error with a stable code, listed in <c>docs/errors.md</c>.</summary>
[GenerateSerializer, Alias("tributary.error")]
public class TributaryException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The stable code, for programs.</summary>
    [Id(0)]
    public string Code { get; } = code;
}

/// <summary>The silo is overloaded; the same call may succeed after <see cref="RetryAfter"/>.</summary>
[GenerateSerializer, Alias("tributary.overloaded")]
public sealed class OverloadedException(string message, TimeSpan retryAfter) : TributaryException("overloaded", message)
{
    [Id(0)]
    public TimeSpan RetryAfter { get; } = retryAfter;
}
