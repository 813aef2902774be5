using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres;

/// <summary>Classifies errors of the server and the driver: the one place that knows SQLSTATEs.</summary>
internal static class PostgresErrors
{
    /// <summary>Raised by <c>fence()</c>.</summary>
    public const string Fenced = "TR001";

    /// <summary>Also raised by <c>fence()</c>.</summary>
    private const string NotOwned = "TR003";

    /// <summary>Also raised by <c>fence()</c>, with the version that counts as its hint.</summary>
    private const string Outdated = "TR004";

    /// <summary>Raised by <c>expect_rows()</c>.</summary>
    private const string MissingRows = "TR002";

    public static bool IsFenced(Exception e) => e is PostgresException { SqlState: Fenced };

    /// <summary>The silo is alive, and the round writes a partition that it does not own.</summary>
    public static bool IsNotOwned(Exception e) => e is PostgresException { SqlState: NotOwned };

    /// <summary>
    /// The round counts by a version of the definitions that is out of date; the result is the version that counts.
    /// </summary>
    public static long? OutdatedBy(Exception e) =>
        e is PostgresException { SqlState: Outdated, Hint: { } version }
            ? long.Parse(version, CultureInfo.InvariantCulture)
            : null;

    /// <summary>
    /// The rows cannot be stored, and a second try would not help: bad data, broken constraints, limits, unsupported
    /// features.
    /// </summary>
    public static bool IsRefusal(Exception e) => e is RefusedRoundException
        || e is PostgresException { SqlState: MissingRows }
        || (e is PostgresException postgres && Class(postgres) is "21" or "22" or "23" or "54" or "0A");

    /// <summary>
    /// A file of the server cannot grow. Reported before a commit counts: when the write-ahead log itself cannot grow,
    /// the server ends instead.
    /// </summary>
    public static bool IsFull(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.DiskFull };

    /// <summary>The statement is wrong: bad syntax, no such table, not allowed, out of place.</summary>
    public static bool IsMistake(Exception e) =>
        Class(e) is "25" or "26" or "2D" or "34" or "3B" or "42" or "44" or "P0" or "38" or "39" or "2F";

    /// <summary>True for errors of the server, the driver or the network; false for mistakes of this program.</summary>
    public static bool IsDatabaseFault(Exception e) =>
        e is NpgsqlException or IOException or SocketException or TimeoutException or OperationCanceledException;

    public static StoreException ToStoreException(Exception e) =>
        e as StoreException
        ?? new StoreException(
            IsFatal(e) ? StoreFault.Fatal
                : IsFull(e) ? StoreFault.Full
                : StoreFault.Transient,
            $"PostgreSQL: {e.Message}",
            e);

    /// <summary>
    /// Wrong rights or password (28), no such database (3D), wrong schema (42, 3F), damage (XX001, XX002), refused
    /// rows. Not XX000: a server with a full disk answers it to a new session, and accepts one later.
    /// </summary>
    private static bool IsFatal(Exception e) => IsRefusal(e)
        || e is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted }
        || Class(e) is "28" or "3D" or "3F" or "42";

    private static string? Class(Exception e) =>
        e is PostgresException { SqlState.Length: 5 } postgres ? postgres.SqlState[..2] : null;
}
