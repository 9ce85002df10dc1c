"""Messages and parameters. Written by `python -m firmware_bridge.table_writer`; edit the catalogue."""

TABLE_DIGEST = 0xE4C730B5

# number: (CRC_EXTRA, layout, longest payload, fields in wire order)
MESSAGES = {
    0: (50, "<IBBBBB", 9, ("custom_mode", "type", "autopilot", "base_mode", "system_status", "mavlink_version",)),
    20: (214, "<hBB16s", 20, ("param_index", "target_system", "target_component", "param_id",)),
    21: (159, "<BB", 2, ("target_system", "target_component",)),
    22: (220, "<fHH16sB", 25, ("param_value", "param_count", "param_index", "param_id", "param_type",)),
    23: (168, "<fBB16sB", 23, ("param_value", "target_system", "target_component", "param_id", "param_type",)),
    76: (152, "<fffffffHBBB", 33, ("param1", "param2", "param3", "param4", "param5", "param6", "param7", "command", "target_system", "target_component", "confirmation",)),
    77: (143, "<HBBiBB", 10, ("command", "result", "progress", "result_param2", "target_system", "target_component",)),
    111: (34, "<qq", 16, ("tc1", "ts1",)),
    112: (174, "<QI", 12, ("time_usec", "seq",)),
    125: (203, "<HHH", 6, ("Vcc", "Vservo", "flags",)),
    251: (170, "<If10s", 18, ("time_boot_ms", "value", "name",)),
    253: (83, "<B50sHB", 54, ("severity", "text", "id", "chunk_seq",)),
}

HEARTBEAT = 0
PARAM_REQUEST_READ = 20
PARAM_REQUEST_LIST = 21
PARAM_VALUE = 22
PARAM_SET = 23
COMMAND_LONG = 76
COMMAND_ACK = 77
TIMESYNC = 111
CAMERA_TRIGGER = 112
POWER_STATUS = 125
NAMED_VALUE_FLOAT = 251
STATUSTEXT = 253

# name, lowest, highest, default, whole numbers only
PARAMETERS = (
    ("TRG_MODE", 0.0, 3.0, 1.0, True),
    ("TRG_RATE_HZ", 1.0, 60.0, 15.0, False),
    ("TRG_SPACING_M", 0.1, 10.0, 0.5, False),
    ("TRG_MIN_HZ", 1.0, 60.0, 5.0, False),
    ("TRG_MAX_HZ", 1.0, 60.0, 30.0, False),
    ("TRG_WIDTH_US", 10.0, 2000.0, 100.0, True),
    ("TRG_IGN", 0.0, 1.0, 1.0, True),
    ("STB_DELAY_US", 0.0, 5000.0, 0.0, True),
    ("STB_WIDTH_US", 0.0, 2000.0, 300.0, True),
    ("STB_DARK_EVERY", 0.0, 60.0, 0.0, True),
    ("OVW_EVERY", 0.0, 60.0, 5.0, True),
    ("OVW_WIDTH_US", 10.0, 2000.0, 100.0, True),
    ("LMP_ON_MAX_US", 0.0, 2000.0, 1000.0, True),
    ("LMP_DUTY_PCT", 0.0, 10.0, 5.0, False),
    ("LMP_HOT_C", 30.0, 85.0, 70.0, False),
    ("IGN_HOLD_S", 0.05, 10.0, 0.5, False),
    ("SUP_LOW_V", 5.0, 30.0, 10.5, False),
)
