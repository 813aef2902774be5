namespace Tributary;

/// <summary>An error with a stable code, listed in <c>docs/errors.md</c>.</summary>
public class TributaryException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The stable code, for programs.</summary>
    public string Code { get; } = code;
}

/// <summary>The silo cannot take the call now; the same call may succeed after <see cref="RetryAfter"/>.</summary>
public sealed class OverloadedException(string message, TimeSpan retryAfter) : TributaryException("overloaded", message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
