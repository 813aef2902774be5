namespace Tributary.Connectors;

/// <summary>What a connector could not do, and whether trying again may help.</summary>
public sealed class ConnectorException(ConnectorFault fault, string code, string message, Exception? inner = null)
    : TributaryException(code, message, inner)
{
    public ConnectorFault Fault { get; } = fault;
}

/// <summary>Kinds of faults of outside systems.</summary>
public enum ConnectorFault
{
    /// <summary>What was asked for is not there, or not yet.</summary>
    Missing,

    /// <summary>The system does not answer, or not well: it may at the next try.</summary>
    Unavailable,

    /// <summary>
    /// It will not be given, however often it is asked for: a location outside the root, content that is too large, no
    /// access.
    /// </summary>
    Refused,
}
