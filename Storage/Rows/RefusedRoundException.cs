namespace Tributary.Storage.Rows;

/// <summary>
/// A round that no database could take: its rows break a rule of the tables. It would be refused again.
/// </summary>
public sealed class RefusedRoundException(string message) : TributaryException("round_refused", message);
