namespace Tributary.Connectors;

/// <summary>A connector failed; <paramref name="fault"/> tells whether a retry may help.</summary>
public sealed class ConnectorException(ConnectorFault fault, string code, string message, Exception? inner = null)
    : TributaryException(code, message, inner)
{
    public ConnectorFault Fault { get; } = fault;
}

/// <summary>Kinds of faults of outside systems.</summary>
public enum ConnectorFault
{
    /// <summary>The object asked for is not there, or not yet.</summary>
    Missing,

    /// <summary>The system does not answer, or answers with a fault of its own. A retry may help.</summary>
    Unavailable,

    /// <summary>
    /// No retry helps: the location lies outside the root, the content is too large, or access is denied.
    /// </summary>
    Refused,
}
