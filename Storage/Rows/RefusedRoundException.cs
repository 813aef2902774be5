namespace Tributary.Storage.Rows;

/// <summary>
/// No database can store the round: its rows break a rule of the tables. A second try would be refused too.
/// </summary>
public sealed class RefusedRoundException(string message) : TributaryException("round_refused", message);
