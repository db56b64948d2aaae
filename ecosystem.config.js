// For pm2: `pm2 start ecosystem.config.js`. A named export, since the package is an ES module.
export const apps = [
  {
    name: "tieout",
    // pm2 would look for the script in the folder that it is called from.
    cwd: import.meta.dirname,
    script: "dist/src/cli/main.js",
    args: "start",
    // The configuration file; without it config/tieout.yaml beside this file.
    // env: { TIEOUT_CONFIG: "C:\\tieout\\tieout.yaml" },
    instances: 1,
    exec_mode: "fork",
    // Windows knows no SIGINT under pm2: the daemon is told to stop by message, and given time to finish.
    shutdown_with_message: true,
    kill_timeout: 60_000,
    // What pm2 adds to a process keeps it alive after its end: it would hang until the time is over.
    pmx: false,
    exp_backoff_restart_delay: 1_000,
  },
];
