using Azure.Data.Tables;
using Azure.Identity;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>The client of Azure Storage in which the silos of a cluster find each other.</summary>
internal static class AzureTables
{
    /// <param name="connection">A connection string, or a URL that is reached with the identity of the process.</param>
    public static TableServiceClient ClientOf(string connection) =>
        connection.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? new TableServiceClient(new Uri(connection), new DefaultAzureCredential())
            : new TableServiceClient(connection);
}
