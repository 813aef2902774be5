namespace Tributary.Silo.Hosting.Node;

internal sealed partial class NodeFolds
{
    [LoggerMessage(
        EventId = 4091, Level = LogLevel.Debug,
        Message = "Folded {Ledger} rows of the ledger and {Tallies} tallies; removed {Silos} rows of dead silos.")]
    private partial void LogFolded(int ledger, int tallies, int silos);

    [LoggerMessage(
        EventId = 4092, Level = LogLevel.Debug,
        Message = "What incarnations left could not be folded now: {Error}")]
    private partial void LogNotFolded(string error);
}
